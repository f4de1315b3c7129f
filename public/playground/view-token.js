/** Shows an encoded token; a signed one with its three parts in different colors. */
import { build, buildCopyButton } from './dom.js';

/**
 * @param {string} token
 * @param {string} name
 * @param {import('./jwt.js').DecodedToken | undefined} decoded
 * @returns {HTMLElement}
 */
export function buildToken(token, name, decoded) {
  return build(
    'details',
    { class: 'pg-encoded' },
    build(
      'summary',
      {},
      'Encoded',
      build('span', { class: 'pg-when' }, `${token.length} characters`),
    ),
    build('p', { class: 'pg-raw' }, ...(decoded ? buildParts(decoded.parts) : [token])),
    buildCopyButton(token, name),
  );
}

/** @param {readonly [string, string, string]} parts */
function buildParts([header, claims, signature]) {
  return [
    build('span', { class: 'pg-part-header' }, header),
    '.',
    build('span', { class: 'pg-part-claims' }, claims),
    '.',
    build('span', { class: 'pg-part-signature' }, signature),
  ];
}
