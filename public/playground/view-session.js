/** Who is signed in, since when, and what can be done about it. */
import { buildMoment } from './clock.js';
import { build, buildButton, createPart, find } from './dom.js';
import { decodeToken } from './jwt.js';

/** @typedef {import('./dom.js').Listener} Listener */
/** @typedef {{ onCheck: Listener, onAsk: Listener, onSignOut: Listener }} Actions */

/** @param {Actions} actions */
export function createSessionView(actions) {
  const section = find('session');
  const showPart = createPart(
    find('session-body'),
    (
      /** @type {string | undefined} */ idToken,
      /** @type {string} */ scope,
      /** @type {number | undefined} */ signedOutAt,
    ) => {
      if (idToken === undefined) return [];
      const claims = decodeToken(idToken)?.claims ?? {};
      return [
        buildPerson(claims, scope, signedOutAt),
        signedOutAt === undefined ? buildActions(actions) : buildReturn(actions),
      ];
    },
  );

  return {
    /** @param {import('./memory.js').State} state */
    show({ session }) {
      section.hidden = session === undefined;
      showPart(session?.idToken, session?.scope ?? '', session?.signedOutAt);
    },
  };
}

/**
 * @param {Record<string, unknown>} claims
 * @param {string} scope
 * @param {number | undefined} signedOutAt
 */
function buildPerson(claims, scope, signedOutAt) {
  const name = readName(claims);
  return build(
    'div',
    { class: 'pg-person', 'data-gone': signedOutAt !== undefined },
    build(
      'span',
      { class: 'pg-initial', 'aria-hidden': 'true' },
      Array.from(name)[0]?.toUpperCase(),
    ),
    build(
      'div',
      {},
      build('p', { class: 'pg-name' }, name),
      buildSince(claims, signedOutAt),
      build(
        'ul',
        { class: 'pg-chips', 'aria-label': 'Scopes granted' },
        ...scope.split(' ').map((word) => build('li', {}, word)),
      ),
    ),
  );
}

/**
 * @param {Record<string, unknown>} claims
 * @param {number | undefined} signedOutAt
 */
function buildSince({ auth_time: signedIn, iat: issued }, signedOutAt) {
  if (signedOutAt !== undefined) return build('p', {}, 'Signed out ', buildMoment(signedOutAt));
  if (typeof signedIn === 'number')
    return build('p', {}, 'Signed in ', buildMoment(signedIn * 1000));
  return build('p', {}, 'ID token issued ', buildMoment(Number(issued) * 1000));
}

/**
 * @param {Record<string, unknown>} claims
 * @returns {string} the friendliest name there is
 */
function readName({ name, preferred_username: username, email, sub }) {
  return [name, username, email, sub].find((value) => typeof value === 'string') ?? '';
}

/** @param {Actions} actions */
function buildActions({ onCheck, onAsk, onSignOut }) {
  return build(
    'div',
    { class: 'pg-actions' },
    buildButton('Check session', onCheck, { class: 'second', 'data-focus': 'check' }),
    buildButton('Ask again', onAsk, { class: 'second' }),
    buildButton('Sign out', onSignOut, { class: 'second', id: 'playground-sign-out' }),
  );
}

/** @param {Actions} actions */
function buildReturn({ onAsk }) {
  return build('div', { class: 'pg-actions' }, buildButton('Sign in again', onAsk));
}
