/** Shows the members of a token or answer: name, value, and in one line what it means. */
import { explainClaim, explainHeader, isAboutPerson, momentClaims, rankClaim } from './claims.js';
import { buildMoment } from './clock.js';
import { build } from './dom.js';

/**
 * What the token is, then whom it is about: the order on the wire has no meaning.
 *
 * @param {Readonly<Record<string, unknown>>} claims
 * @param {...import('./dom.js').Child} heading
 * @returns {readonly HTMLElement[]}
 */
export function buildClaims(claims, ...heading) {
  const entries = Object.entries(claims);
  const person = entries.filter(([name]) => isAboutPerson(name));
  const token = entries.filter(([name]) => !isAboutPerson(name)).toSorted(compareRank);
  return [
    ...(token.length > 0 ? [build('h3', {}, ...heading), buildList(token, explainClaim)] : []),
    ...(person.length > 0
      ? [build('h3', {}, 'About the person'), buildList(person, explainClaim)]
      : []),
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
