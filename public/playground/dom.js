/**
 * Building elements. Text goes in as text, never as markup: what a provider sends cannot become
 * script.
 */

/** @typedef {Node | string | undefined} Child */
/** @typedef {() => void | Promise<void>} Listener */
/** @typedef {Readonly<Record<string, string | boolean | undefined>>} Attributes */

/**
 * @param {string} tag
 * @param {Attributes} attributes false and undefined are left out
 * @param {...Child} children undefined is left out
 * @returns {HTMLElement}
 */
export function build(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/**
 * @param {string} label
 * @param {Listener} onClick
 * @param {Attributes} attributes `data-focus` lets the focus stay when it is built anew
 * @returns {HTMLElement}
 */
export function buildButton(label, onClick, attributes = {}) {
  const button = build('button', { type: 'button', ...attributes }, label);
  button.addEventListener('click', () => void onClick());
  return button;
}

/**
 * @param {string} id
 * @returns {HTMLElement} an element that the page is known to have
 */
export function find(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element #${id}`);
  return element;
}

/**
 * A part of the page that is built anew only when what it shows has changed: what a person has
 * unfolded stays unfolded.
 *
 * @template {readonly unknown[]} Inputs
 * @param {HTMLElement} parent
 * @param {(...inputs: Inputs) => readonly Child[]} buildChildren
 * @returns {(...inputs: Inputs) => void}
 */
export function createPart(parent, buildChildren) {
  /** @type {Inputs | undefined} */
  let shown;
  return (...inputs) => {
    if (shown && inputs.every((input, index) => input === shown?.[index])) return;
    shown = inputs;
    fill(parent, ...buildChildren(...inputs));
  };
}

/**
 * Puts new children in place of the old ones, and the focus back on the element with the same data-
 * focus.
 *
 * @param {HTMLElement} parent
 * @param {...Child} children
 */
function fill(parent, ...children) {
  const { activeElement } = document;
  const held =
    activeElement instanceof HTMLElement && parent.contains(activeElement)
      ? activeElement.dataset.focus
      : undefined;
  parent.replaceChildren(...children.filter((child) => child !== undefined));
  if (held === undefined) return;
  const heir = parent.querySelector(`[data-focus="${CSS.escape(held)}"]`);
  if (heir instanceof HTMLElement) heir.focus();
}

/**
 * @param {string} text what lands on the clipboard
 * @param {string} what named for those who do not see the place
 * @returns {HTMLElement}
 */
export function buildCopyButton(text, what) {
  const button = buildButton('Copy', copy, {
    class: 'plain pg-quiet',
    'aria-label': `Copy ${what}`,
  });
  return button;

  async function copy() {
    button.textContent = await navigator.clipboard.writeText(text).then(
      () => 'Copied',
      () => 'Not allowed',
    );
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 1500);
  }
}
