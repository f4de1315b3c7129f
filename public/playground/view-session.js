/** Shows the signed-in user, the time of the sign-in, and the actions for the session. */
import { buildMoment } from './clock.js';
import { build, buildButton, createPart, find } from './dom.js';
import { decodeToken } from './jwt.js';

/** @typedef {import('./dom.js').Listener} Listener */
/** @typedef {import('./memory.js').Session} Session */
/** @typedef {Record<'onSignIn' | 'onCheck' | 'onAsk' | 'onSignOut', Listener>} Actions */

/** @param {Actions} actions */
export function createSessionView(actions) {
  const section = find('session');
  const showPart = createPart(
    find('session-body'),
    (/** @type {Session | undefined} */ session) => {
      if (!session) return [];
      return [
        buildUser(session),
        session.signedOutAt === undefined ? buildActions(actions) : buildReturn(actions),
      ];
    },
  );

  return {
    /** @param {import('./memory.js').State} state */
    show({ session }) {
      section.hidden = session === undefined;
      showPart(session);
    },
  };
}

/** @param {Session} session */
function buildUser({ idToken, userClaims, scope, signedOutAt }) {
  const claims = { ...decodeToken(idToken)?.claims, ...userClaims };
  const [name = '', ...otherNames] = readNames(claims);
  const scopes = scope.split(' ').map((word) => build('li', {}, word));
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
      build('p', { class: 'pg-name', translate: 'no' }, name),
      build(
        'p',
        {},
        ...otherNames.slice(0, 1).map((other) => `${other} · `),
        ...describeSince(claims, signedOutAt),
      ),
      build('ul', { class: 'pg-chips', 'aria-label': 'Scopes granted' }, ...scopes),
    ),
  );
}

/**
 * @param {Record<string, unknown>} claims
 * @returns {readonly string[]} the most readable name first
 */
function readNames({ name, preferred_username: username, email, sub }) {
  return [name, username, email, sub].filter((value) => typeof value === 'string');
}

/**
 * @param {Record<string, unknown>} claims
 * @param {number | undefined} signedOutAt
 * @returns {readonly import('./dom.js').Child[]}
 */
function describeSince({ auth_time: signedIn, iat: issued }, signedOutAt) {
  if (signedOutAt !== undefined) return ['signed out ', buildMoment(signedOutAt)];
  if (typeof signedIn === 'number') return ['signed in ', buildMoment(signedIn * 1000)];
  return ['ID token issued ', buildMoment(Number(issued) * 1000)];
}

/** @param {Actions} actions */
function buildActions({ onCheck, onAsk, onSignOut }) {
  return build(
    'div',
    { class: 'pg-actions' },
    buildButton('Check session', onCheck, { class: 'second', 'data-focus': 'check' }),
    buildButton('Request again', onAsk, { class: 'second', 'data-focus': 'ask' }),
    buildButton('Sign out', onSignOut, {
      class: 'second',
      id: 'playground-sign-out',
      'data-focus': 'sign-out',
    }),
  );
}

/** @param {Actions} actions */
function buildReturn({ onSignIn }) {
  return build('div', { class: 'pg-actions' }, buildButton('Sign in again', onSignIn));
}
