/** What the server told this page: read once from the page, never from anywhere else. */

/**
 * @typedef {object} Settings
 * @property {string} issuer
 * @property {string} clientId
 * @property {string} redirectUri also where the provider sends the browser after signing out
 * @property {readonly string[]} scopes that the client may ask for
 * @property {number} leewaySeconds how long a repeated refresh gets the same successor
 */

/**
 * @param {HTMLElement} page
 * @returns {Settings}
 */
export function readSettings(page) {
  return JSON.parse(page.dataset.settings ?? '{}');
}
