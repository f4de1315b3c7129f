/**
 * Shows a token as it travels: a signed one in the colours of its three parts, an opaque one as it
 * is.
 */
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
      'As it travels',
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
