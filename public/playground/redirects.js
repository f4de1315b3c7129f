/**
 * Redirects of the browser to the provider and back: signing in, the check with prompt=none, signing
 * out. It keeps the pending request; token-actions.js handles the tokens afterwards.
 */
import { begin, beginSignOut, describeCheck, describeRequest } from './authorization.js';
import { foundFamily } from './family.js';
import { decodeToken } from './jwt.js';
import { explainProblem } from './problems.js';
import { purposes } from './purposes.js';

/**
 * @typedef {object} Connection
 * @property {import('./oauth4webapi.js').AuthorizationServer} provider
 * @property {import('./protocol.js').RelyingParty} party
 */

/**
 * @typedef {object} Dependencies
 * @property {import('./settings.js').Settings} settings
 * @property {import('./memory.js').Memory} memory
 * @property {import('./exchange-log.js').ExchangeLog} exchangeLog
 * @property {() => Date} now
 * @property {() => Promise<Connection>} connect
 * @property {(address: URL) => void} visit
 */

/** @param {Dependencies} dependencies */
export function createRedirects({ settings, memory, exchangeLog, now, connect, visit }) {
  /**
   * @param {{ address: URL, pending: import('./memory.js').Pending }} request
   * @param {import('./exchange-log.js').Purpose} purpose
   */
  function leave({ address, pending }, purpose) {
    memory.update({ pending, notices: {} });
    exchangeLog.navigate('leave', purpose, address);
    visit(address);
  }

  return {
    /** @param {import('./memory.js').Choices} choices */
    async signIn(choices) {
      memory.update({ choices });
      const { provider } = await connect();
      const isCheck = choices.prompt === 'none';
      const request = await begin(provider, describeRequest(settings, choices), 'sign-in');
      leave(request, isCheck ? purposes.check : purposes.signIn);
    },

    /** Checks whether this browser still has a session at the provider. */
    async check() {
      const { provider } = await connect();
      const parameters = describeCheck(settings, memory.state);
      leave(await begin(provider, parameters, 'check'), purposes.check);
    },

    async signOut() {
      const { session } = memory.state;
      if (!session) return;
      const { provider } = await connect();
      leave(beginSignOut(provider, settings, session.idToken), purposes.signOut);
    },

    /**
     * Handles the response in the URL of the page, if there is one.
     *
     * @param {URL} address
     */
    async handleResponse(address) {
      const { pending } = memory.state;
      if (!isResponse(address)) return;
      memory.update({ pending: undefined });
      if (!pending || pending.state !== address.searchParams.get('state')) {
        memory.update({ notices: { page: unexpectedResponse } });
        return;
      }
      if (pending.purpose === 'sign-out') {
        exchangeLog.navigate('return', purposes.signOutResponse, address);
        finishSignOut();
        return;
      }
      const refused = address.searchParams.has('error');
      exchangeLog.navigate(
        'return',
        refused ? purposes.signInError : purposes.signInResponse,
        address,
      );
      await finishSignIn(address, pending);
    },
  };

  /**
   * @param {URL} address
   * @param {import('./memory.js').Pending} pending
   */
  async function finishSignIn(address, pending) {
    try {
      const { party } = await connect();
      const session = readSession(await party.finish(address, pending), now().getTime());
      if (pending.purpose === 'check' && isSameUser(memory.state.session, session)) {
        memory.update({ notices: { page: stillSignedIn } });
        return;
      }
      memory.update({
        session,
        notices: { page: pending.purpose === 'check' ? alreadySignedIn : signedIn },
      });
      await loadUserClaims(party, session);
    } catch (error) {
      memory.update({ notices: { page: explainProblem(error) } });
    }
  }

  /**
   * An ID token may contain no name, so applications request the claims at once.
   *
   * @param {import('./protocol.js').RelyingParty} party
   * @param {import('./memory.js').Session} session
   */
  async function loadUserClaims(party, session) {
    const userClaims = await party.requestUserInfo(session.accessToken, readSubject(session));
    memory.update({ session: { ...session, userClaims: { ...userClaims } } });
  }

  function finishSignOut() {
    const { session } = memory.state;
    if (session) memory.update({ session: { ...session, signedOutAt: now().getTime() } });
    memory.update({ notices: { page: signedOut } });
  }
}

/** @typedef {ReturnType<typeof createRedirects>} Redirects */

/**
 * @param {import('./oauth4webapi.js').TokenEndpointResponse} tokens
 * @param {number} at
 * @returns {import('./memory.js').Session}
 */
function readSession(tokens, at) {
  const {
    id_token: idToken = '',
    access_token: accessToken,
    expires_in: seconds,
    scope = '',
  } = tokens;
  const family = foundFamily(tokens.refresh_token, at);
  return {
    idToken,
    accessToken,
    receivedAt: at,
    scope,
    ...(seconds === undefined ? {} : { expiresAt: at + seconds * 1000 }),
    ...(family ? { family } : {}),
  };
}

/**
 * @param {import('./memory.js').Session} session
 * @returns {string}
 */
function readSubject({ idToken }) {
  return String(decodeToken(idToken)?.claims.sub);
}

/**
 * A check requests less than a sign-in, so the tokens and claims of the same user are kept.
 *
 * @param {import('./memory.js').Session | undefined} session
 * @param {import('./memory.js').Session} found
 */
function isSameUser(session, found) {
  if (!session || session.signedOutAt !== undefined) return false;
  return readSubject(session) === readSubject(found);
}

/** @param {URL} address */
function isResponse({ searchParams }) {
  return searchParams.has('code') || searchParams.has('error') || searchParams.has('state');
}

/** @type {import('./problems.js').Notice} */
const signedIn = {
  kind: 'good',
  title: 'You are signed in',
  text: 'The code was exchanged for tokens, and the signature, issuer, audience, nonce and expiry of the ID token were verified.',
};

/** @type {import('./problems.js').Notice} */
const stillSignedIn = {
  kind: 'good',
  title: 'You still have a session at the provider',
  text: 'The provider responded without showing a page. The tokens you already had were kept.',
};

/** @type {import('./problems.js').Notice} */
const alreadySignedIn = {
  kind: 'good',
  title: 'You have a session at the provider',
  text: 'You were already signed in there, so this app received its tokens without showing a page (single sign-on).',
};

/** @type {import('./problems.js').Notice} */
const signedOut = {
  kind: 'good',
  title: 'You’re signed out',
  text: 'The session at the provider has ended. The tokens are still shown, so that you can check whether they are still active.',
};

/** @type {import('./problems.js').Notice} */
const unexpectedResponse = {
  kind: 'bad',
  title: 'Unexpected response',
  text: 'No request of this tab has the state in the URL, so the response was ignored. This check protects against injected responses (CSRF). Please start again.',
};
