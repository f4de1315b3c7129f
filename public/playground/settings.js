/** Settings that the server wrote into the page. */

/**
 * @typedef {object} Settings
 * @property {string} issuer
 * @property {string} clientId
 * @property {string} redirectUri also where the provider sends the browser after signing out
 * @property {readonly string[]} scopes that the client may request
 * @property {number} leewaySeconds how long a repeated refresh returns the same successor
 */

const key = 'playground-client';

/**
 * The client is the playground's own, or one that the panel opened the playground for: `client_id` and
 * `scope` in the address. That choice is kept for the way back from the provider.
 *
 * @param {HTMLElement} page
 * @param {URLSearchParams} query
 * @param {Storage} storage
 * @returns {Settings & { readonly isChosen: boolean, readonly isNew: boolean }}
 */
export function readSettings(page, query, storage) {
  /** @type {Settings} */
  const own = JSON.parse(page.dataset.settings ?? '{}');
  const clientId = query.get('client_id');
  const isNew = clientId !== null;
  if (isNew) storage.setItem(key, JSON.stringify({ clientId, ...scopesOf(query, own.scopes) }));
  const chosen = JSON.parse(storage.getItem(key) ?? '{}');
  return { ...own, ...chosen, isChosen: chosen.clientId !== undefined, isNew };
}

/** @param {Storage} storage */
export function forgetClient(storage) {
  storage.removeItem(key);
}

/**
 * @param {URLSearchParams} query
 * @param {readonly string[]} known
 */
function scopesOf(query, known) {
  const wanted = (query.get('scope') ?? '').split(' ');
  const scopes = known.filter((scope) => wanted.includes(scope));
  return scopes.length > 0 ? { scopes } : {};
}
