/**
 * Builds elements. Text is inserted as text, never as markup, so nothing that a provider sends can
 * become a script.
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
 * @param {Attributes} attributes with `data-focus`, the focus is kept when the element is rebuilt
 * @returns {HTMLElement}
 */
export function buildButton(label, onClick, attributes = {}) {
  const button = build('button', { type: 'button', ...attributes }, label);
  button.addEventListener('click', () => void onClick());
  return button;
}

/**
 * @param {string} id
 * @returns {HTMLElement} the element; it must exist
 */
export function find(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element #${id}`);
  return element;
}

/**
 * A part of the page that is rebuilt only when its inputs change, so that expanded details stay
 * expanded.
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
 * Replaces the children, and returns the focus to the element with the same `data-focus`.
 *
 * @param {HTMLElement} parent
 * @param {...Child} children
 */
function fill(parent, ...children) {
  const { activeElement } = document;
  const focused =
    activeElement instanceof HTMLElement && parent.contains(activeElement)
      ? activeElement.dataset.focus
      : undefined;
  parent.replaceChildren(...children.filter((child) => child !== undefined));
  if (focused === undefined) return;
  const replacement = parent.querySelector(`[data-focus="${CSS.escape(focused)}"]`);
  if (replacement instanceof HTMLElement) replacement.focus();
}

/**
 * @param {string} text copied to the clipboard
 * @param {string} what names the text for screen readers
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
