/** Shows the members of a token or response: name, value and a one-line explanation. */
import { explainClaim, explainHeader, isUserClaim, momentClaims, rankClaim } from './claims.js';
import { buildMoment } from './clock.js';
import { build } from './dom.js';

/**
 * First the claims about the token, then those about the user; the order in the token has no
 * meaning.
 *
 * @param {Readonly<Record<string, unknown>>} claims
 * @param {...import('./dom.js').Child} heading
 * @returns {readonly HTMLElement[]}
 */
export function buildClaims(claims, ...heading) {
  const entries = Object.entries(claims);
  const user = entries.filter(([name]) => isUserClaim(name));
  const token = entries.filter(([name]) => !isUserClaim(name)).toSorted(compareRank);
  return [
    ...(token.length > 0 ? [build('h3', {}, ...heading), buildList(token, explainClaim)] : []),
    ...(user.length > 0 ? [build('h3', {}, 'About the user'), buildList(user, explainClaim)] : []),
  ];
}

/**
 * @param {readonly [string, unknown]} first
 * @param {readonly [string, unknown]} second
 */
function compareRank([first], [second]) {
  return rankClaim(first) - rankClaim(second);
}

/**
 * @param {Readonly<Record<string, unknown>>} header
 * @returns {HTMLElement}
 */
export function buildHeader(header) {
  return buildList(Object.entries(header), explainHeader);
}

/**
 * @param {readonly (readonly [string, unknown])[]} members
 * @param {(name: string) => string} explain
 */
function buildList(members, explain) {
  const rows = members.map(([name, value]) =>
    build(
      'div',
      {},
      build('dt', {}, name),
      build('dd', { class: 'pg-value' }, ...buildValue(name, value)),
      build('dd', { class: 'pg-meaning' }, explain(name)),
    ),
  );
  return build('dl', { class: 'pg-claims' }, ...rows);
}

/**
 * @param {string} name
 * @param {unknown} value
 * @returns {readonly HTMLElement[]}
 */
function buildValue(name, value) {
  const line = JSON.stringify(value);
  const text = line.length > 32 ? JSON.stringify(value, undefined, 2) : line;
  const code = build('code', { class: text.includes(' ') ? undefined : 'pg-solid' }, text);
  if (!momentClaims.has(name) || typeof value !== 'number') return [code];
  return [code, build('span', { class: 'pg-when' }, buildMoment(value * 1000))];
}
