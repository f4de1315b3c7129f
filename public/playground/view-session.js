/** Who is signed in, since when, and what can be done about it. */
import { buildMoment } from './clock.js';
import { build, buildButton, createPart, find } from './dom.js';
import { decodeToken } from './jwt.js';

/** @typedef {{ onCheck: import('./dom.js').Listener, onSignOut: import('./dom.js').Listener }} Actions */

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
        signedOutAt === undefined ? buildActions(actions) : undefined,
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
  const since = typeof claims.auth_time === 'number' ? claims.auth_time : claims.iat;
  const moment = signedOutAt ?? Number(since) * 1000;
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
      build('p', {}, signedOutAt === undefined ? 'Signed in ' : 'Signed out ', buildMoment(moment)),
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
 * @returns {string} the friendliest name there is
 */
function readName({ name, preferred_username: username, email, sub }) {
  return [name, username, email, sub].find((value) => typeof value === 'string') ?? '';
}

/** @param {Actions} actions */
function buildActions({ onCheck, onSignOut }) {
  return build(
    'div',
    { class: 'pg-actions' },
    buildButton('Check session', onCheck, { class: 'second', 'data-focus': 'check' }),
    buildButton('Sign out', onSignOut, { class: 'second', id: 'playground-sign-out' }),
  );
}
