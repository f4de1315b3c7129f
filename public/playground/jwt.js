/**
 * Decodes a signed token for display. It verifies nothing: protocol.js has verified the signature
 * before.
 */

/**
 * @typedef {object} DecodedToken
 * @property {Record<string, unknown>} header
 * @property {Record<string, unknown>} claims
 * @property {readonly [header: string, claims: string, signature: string]} parts as they were received
 */

/**
 * @param {string} token
 * @returns {DecodedToken | undefined} undefined for an opaque token
 */
export function decodeToken(token) {
  const [header, claims, signature, ...rest] = token.split('.');
  if (!header || !claims || !signature || rest.length > 0) return undefined;
  try {
    return {
      header: readPart(header),
      claims: readPart(claims),
      parts: [header, claims, signature],
    };
  } catch {
    return undefined;
  }
}

/**
 * @param {string} part base64url
 * @returns {Record<string, unknown>}
 */
function readPart(part) {
  const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}
