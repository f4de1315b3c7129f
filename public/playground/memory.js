/**
 * What survives the trip to the provider and back: everything is kept in this tab's sessionStorage
 * and nowhere else. A real application does not keep tokens where every script of its origin can
 * read them. This page does, because showing them is its purpose.
 */

/**
 * @typedef {object} Choices
 * @property {readonly string[]} scopes
 * @property {string} prompt empty: as the provider sees fit
 * @property {string} maxAge empty: however long ago
 * @property {string} loginHint
 * @property {string} uiLocales
 */

/**
 * @typedef {object} Pending a request that the browser carried to the provider
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
 * @property {Record<string, unknown>} [person] what UserInfo said right after the sign-in
 * @property {Finding} [finding] the last answer about the access token
 * @property {number} [revokedAt] the access token, at our own wish
 * @property {number} [signedOutAt]
 */

/** @typedef {{ title: string, claims: Record<string, unknown>, at: number }} Finding */

/**
 * @typedef {object} State
 * @property {Choices} choices
 * @property {readonly import('./wire.js').Exchange[]} exchanges
 * @property {import('./oauth4webapi.js').AuthorizationServer} [provider] what discovery said
 * @property {Pending} [pending]
 * @property {Session} [session]
 * @property {import('./problems.js').Notices} notices
 */

const key = 'playground';

/**
 * @param {Storage} storage
 * @param {Choices} choices to begin with
 */
export function createMemory(storage, choices) {
  /** @type {State} */
  const fresh = { choices, exchanges: [], notices: {} };
  /** @type {State} */
  let state = { ...fresh, ...JSON.parse(storage.getItem(key) ?? '{}') };
  /** @type {((state: State) => void) | undefined} */
  let tell;

  return {
    /** @param {(state: State) => void} listener hears of every change */
    watch(listener) {
      tell = listener;
    },

    get state() {
      return state;
    },

    /**
     * Members given as undefined are forgotten.
     *
     * @param {Partial<State>} changes
     */
    update(changes) {
      state = { ...state, ...changes };
      storage.setItem(key, JSON.stringify(state));
      tell?.(state);
    },

    /** Forgets everything, the time line included; the page is to be loaded anew. */
    clear() {
      storage.removeItem(key);
    },
  };
}

/** @typedef {ReturnType<typeof createMemory>} Memory */
