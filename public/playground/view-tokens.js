/** Shows the ID token and the access token, decoded, and the last response about the access token. */
import { buildLife, buildMoment } from './clock.js';
import { build, buildButton, createPart, find } from './dom.js';
import { decodeToken } from './jwt.js';
import { buildClaims, buildHeader } from './view-claims.js';
import { buildToken } from './view-token.js';

/** @typedef {import('./memory.js').Session} Session */

/** @param {import('./token-actions.js').TokenActions} actions */
export function createTokensView(actions) {
  const showIdToken = createPart(find('id-token-body'), buildIdToken);
  const showAccessToken = createPart(
    find('access-token-body'),
    (/** @type {Session | undefined} */ session) =>
      session ? buildAccessToken(session, actions) : [],
  );
  const finding = find('finding');
  const showFinding = createPart(finding, buildFinding);
  const sections = [find('id-token'), find('access-token')];

  return {
    /** @param {import('./memory.js').State} state */
    show({ session }) {
      for (const section of sections) section.hidden = session === undefined;
      showIdToken(session?.idToken);
      showAccessToken(session);
      finding.hidden = session?.finding === undefined;
      showFinding(session?.finding);
    },
  };
}

/** @param {string | undefined} token */
function buildIdToken(token) {
  const decoded = token === undefined ? undefined : decodeToken(token);
  if (token === undefined || !decoded) return [];
  return [
    build('p', { class: 'pg-state', 'data-kind': 'good' }, 'Signature, iss, aud and exp verified'),
    buildToken(token, 'ID token', decoded),
    build('h3', {}, 'Header'),
    buildHeader(decoded.header),
    ...buildClaims(decoded.claims, 'Claims'),
  ];
}

/**
 * @param {Session} session
 * @param {import('./token-actions.js').TokenActions} actions
 */
function buildAccessToken(session, actions) {
  const decoded = decodeToken(session.accessToken);
  return [
    buildExpiry(session),
    buildToken(session.accessToken, 'access token', decoded),
    ...(decoded
      ? [
          build('h3', {}, 'Header'),
          buildHeader(decoded.header),
          ...buildClaims(decoded.claims, 'Claims'),
        ]
      : [
          build(
            'p',
            { class: 'pg-sub' },
            'Opaque: a reference without content. Only the provider knows what it means, so it can be revoked at any time.',
          ),
        ]),
    build(
      'div',
      { class: 'pg-actions' },
      buildButton('Introspect', actions.introspect, {
        class: 'second',
        'data-focus': 'introspect',
      }),
      buildButton('Request UserInfo', actions.requestUserInfo, {
        class: 'second',
        'data-focus': 'userinfo',
      }),
      buildButton('Revoke', actions.revoke, { class: 'second', 'data-focus': 'revoke' }),
    ),
  ];
}

/** @param {Session} session */
function buildExpiry({ receivedAt, expiresAt, revokedAt }) {
  if (revokedAt !== undefined) {
    return build(
      'p',
      { class: 'pg-state', 'data-kind': 'bad' },
      'Revoked ',
      buildMoment(revokedAt),
    );
  }
  if (expiresAt === undefined)
    return build('p', { class: 'pg-state' }, 'The response contained no expiry');
  return build(
    'div',
    { class: 'pg-life' },
    buildLife(receivedAt, expiresAt, 'Remaining lifetime of the access token'),
    build(
      'p',
      {},
      build('span', { 'data-show-until': String(expiresAt) }, 'Expires '),
      build('span', { 'data-show-after': String(expiresAt) }, 'Expired '),
      buildMoment(expiresAt),
    ),
  );
}

/** @param {import('./memory.js').Finding | undefined} finding */
function buildFinding(finding) {
  if (!finding) return [];
  const { title, claims, at } = finding;
  return [...buildClaims(claims, title, build('span', { class: 'pg-when' }, buildMoment(at)))];
}
