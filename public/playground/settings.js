/** Settings that the server wrote into the page. */

/**
 * @typedef {object} Settings
 * @property {string} issuer
 * @property {string} clientId
 * @property {string} redirectUri also where the provider sends the browser after signing out
 * @property {readonly string[]} scopes that the client may request
 * @property {number} leewaySeconds how long a repeated refresh returns the same successor
 */

/**
 * @param {HTMLElement} page
 * @returns {Settings}
 */
export function readSettings(page) {
  return JSON.parse(page.dataset.settings ?? '{}');
}
