/**
 * The state that survives the redirects to the provider and back. It is kept only in this tab's
 * sessionStorage. A real application does not keep tokens where every script of its origin can read
 * them; this page does, because its purpose is to show them.
 */

/**
 * @typedef {object} Choices
 * @property {readonly string[]} scopes
 * @property {string} prompt empty: not sent
 * @property {string} maxAge empty: not sent
 * @property {string} loginHint
 * @property {string} uiLocales
 */

/**
 * @typedef {object} Pending a request with which the browser was redirected to the provider
 * @property {'sign-in' | 'check' | 'sign-out'} purpose
 * @property {string} state
 * @property {string} [nonce]
 * @property {string} [codeVerifier]
 * @property {number} [maxAgeSeconds]
 */

/**
 * @typedef {object} Session
 * @property {string} idToken
 * @property {string} accessToken
 * @property {number} receivedAt milliseconds since the epoch
 * @property {number} [expiresAt] of the access token, milliseconds since the epoch
 * @property {string} scope
 * @property {import('./family.js').Family} [family]
 * @property {Record<string, unknown>} [userClaims] from UserInfo, requested right after the sign-in
 * @property {Finding} [finding] the last response about the access token
 * @property {number} [revokedAt] when this page revoked the access token
 * @property {number} [signedOutAt]
 */

/** @typedef {{ title: string, claims: Record<string, unknown>, at: number }} Finding */

/**
 * @typedef {object} State
 * @property {Choices} choices
 * @property {readonly import('./exchange-log.js').Exchange[]} exchanges
 * @property {import('./oauth4webapi.js').AuthorizationServer} [provider] the metadata from discovery
 * @property {Pending} [pending]
 * @property {Session} [session]
 * @property {import('./problems.js').Notices} notices
 */

const key = 'playground';

/**
 * @param {Storage} storage
 * @param {Choices} choices the initial ones
 */
export function createMemory(storage, choices) {
  /** @type {State} */
  const fresh = { choices, exchanges: [], notices: {} };
  /** @type {State} */
  let state = { ...fresh, ...JSON.parse(storage.getItem(key) ?? '{}') };
  /** @type {((state: State) => void) | undefined} */
  let notify;

  return {
    /** @param {(state: State) => void} listener called after every change */
    watch(listener) {
      notify = listener;
    },

    get state() {
      return state;
    },

    /**
     * Properties that are given as undefined are removed.
     *
     * @param {Partial<State>} changes
     */
    update(changes) {
      state = { ...state, ...changes };
      storage.setItem(key, JSON.stringify(state));
      notify?.(state);
    },

    /** Removes everything, including the timeline. The page has to be reloaded afterwards. */
    clear() {
      storage.removeItem(key);
    },
  };
}

/**
 * Removes what an earlier page kept.
 *
 * @param {Storage} storage
 */
export function clearMemory(storage) {
  storage.removeItem(key);
}

/** @typedef {ReturnType<typeof createMemory>} Memory */
