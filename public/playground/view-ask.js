/** The form that composes an authorization request, and a preview of the request. */
import { describeRequest } from './authorization.js';
import { build, createPart, find } from './dom.js';
import { buildParameters } from './view-parameters.js';
import { explainScope } from './parameters.js';

/** Generated for each request, so the preview can only name them. */
const freshParameters = ['state', 'nonce', 'code_challenge', 'code_challenge_method'];

/**
 * @param {object} dependencies
 * @param {import('./settings.js').Settings} dependencies.settings
 * @param {import('./memory.js').Choices} dependencies.choices
 * @param {(choices: import('./memory.js').Choices) => void | Promise<void>} dependencies.onSignIn
 */
export function createAskView({ settings, choices, onSignIn }) {
  const form = find('ask-form');
  const panel = find('ask');
  if (!(form instanceof HTMLFormElement) || !(panel instanceof HTMLDetailsElement))
    throw new TypeError('The form is missing.');
  find('ask-scopes').append(
    ...settings.scopes.map((scope) => buildScope(scope, choices.scopes.includes(scope))),
  );
  fillFields(form, choices);
  const showRequest = createPart(find('ask-request'), buildRequest);

  form.addEventListener('input', () => showRequest(settings, JSON.stringify(readChoices(form))));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void onSignIn(readChoices(form));
  });
  showRequest(settings, JSON.stringify(readChoices(form)));

  const showPanel = createPart(find('ask-title'), (/** @type {boolean} */ again) => {
    panel.open = !again;
    return [again ? 'Request again with other parameters' : 'Sign in'];
  });

  return {
    open() {
      panel.open = true;
      panel.scrollIntoView({ block: 'nearest' });
      find('ask-summary').focus();
    },

    /** @param {import('./memory.js').State} state */
    show({ provider, session }) {
      showPanel(session !== undefined);
      hidePrompts(form, provider?.prompt_values_supported);
    },
  };
}

/**
 * @param {string} scope
 * @param {boolean} chosen
 */
function buildScope(scope, chosen) {
  // Without openid it would not be an OpenID Connect request, and there would be no ID token.
  const fixed = scope === 'openid';
  return build(
    'label',
    { class: 'pg-scope' },
    build('input', {
      type: 'checkbox',
      name: 'scope',
      value: scope,
      checked: chosen || fixed,
      disabled: fixed,
    }),
    build('span', {}, build('code', {}, scope), build('small', {}, explainScope(scope))),
  );
}

/**
 * @param {HTMLFormElement} form
 * @param {import('./memory.js').Choices} choices
 */
function fillFields(form, { prompt, maxAge, loginHint, uiLocales }) {
  for (const [name, value] of Object.entries({ prompt, maxAge, loginHint, uiLocales })) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement)
      field.value = value;
  }
}

/**
 * @param {HTMLFormElement} form
 * @returns {import('./memory.js').Choices}
 */
function readChoices(form) {
  const data = new FormData(form);
  /** @param {string} name */
  function read(name) {
    const value = data.get(name);
    return typeof value === 'string' ? value.trim() : '';
  }
  return {
    scopes: ['openid', ...data.getAll('scope').filter((scope) => typeof scope === 'string')],
    prompt: read('prompt'),
    maxAge: read('maxAge'),
    loginHint: read('loginHint'),
    uiLocales: read('uiLocales'),
  };
}

/**
 * @param {import('./settings.js').Settings} settings
 * @param {string} choices as JSON, so that equal choices compare as equal
 */
function buildRequest(settings, choices) {
  const parameters = Object.entries(describeRequest(settings, JSON.parse(choices)));
  return [buildParameters([...parameters, ...freshParameters.map(describeFresh)])];
}

/**
 * @param {string} name
 * @returns {[string, string]}
 */
function describeFresh(name) {
  return [name, name === 'code_challenge_method' ? 'S256' : 'new for each request'];
}

/**
 * @param {HTMLFormElement} form
 * @param {unknown} supported from the metadata of the provider, if present
 */
function hidePrompts(form, supported) {
  const field = form.elements.namedItem('prompt');
  if (!Array.isArray(supported) || !(field instanceof HTMLSelectElement)) return;
  for (const option of field.options)
    option.hidden = option.value !== '' && !supported.includes(option.value);
}
