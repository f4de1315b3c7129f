/**
 * Journeys of the browser to the provider and back: signing in, the quiet check, signing out.
 * Owns what is remembered meanwhile; what happens with tokens afterwards is in token-actions.js.
 */
import { begin, beginSignOut, describeCheck, describeRequest } from './authorization.js';
import { foundFamily } from './family.js';
import { decodeToken } from './jwt.js';
import { explainProblem } from './problems.js';
import { purposes } from './purposes.js';

/**
 * @typedef {object} Meeting
 * @property {import('./oauth4webapi.js').AuthorizationServer} provider
 * @property {import('./protocol.js').RelyingParty} party
 */

/**
 * @typedef {object} Dependencies
 * @property {import('./settings.js').Settings} settings
 * @property {import('./memory.js').Memory} memory
 * @property {import('./wire.js').Wire} wire
 * @property {() => Date} now
 * @property {() => Promise<Meeting>} meet
 * @property {(address: URL) => void} visit
 */

/** @param {Dependencies} dependencies */
export function createTravel({ settings, memory, wire, now, meet, visit }) {
  /**
   * @param {{ address: URL, pending: import('./memory.js').Pending }} journey
   * @param {import('./wire.js').Purpose} purpose
   */
  function leave({ address, pending }, purpose) {
    memory.update({ pending, notices: {} });
    wire.navigate('leave', purpose, address);
    visit(address);
  }

  return {
    /** @param {import('./memory.js').Choices} choices */
    async signIn(choices) {
      memory.update({ choices });
      const { provider } = await meet();
      const quiet = choices.prompt === 'none';
      const journey = await begin(provider, describeRequest(settings, choices), 'sign-in');
      leave(journey, quiet ? purposes.check : purposes.signIn);
    },

    /** Asks whether the provider still knows this browser. */
    async check() {
      const { provider } = await meet();
      const parameters = describeCheck(settings, memory.state);
      leave(await begin(provider, parameters, 'check'), purposes.check);
    },

    async signOut() {
      const { session } = memory.state;
      if (!session) return;
      const { provider } = await meet();
      leave(beginSignOut(provider, settings, session.idToken), purposes.signOut);
    },

    /**
     * Reads the answer out of the address bar, if there is one.
     *
     * @param {URL} address
     */
    async arrive(address) {
      const { pending } = memory.state;
      if (!isAnswer(address)) return;
      memory.update({ pending: undefined });
      if (!pending || pending.state !== address.searchParams.get('state')) {
        memory.update({ notices: { page: strayAnswer } });
        return;
      }
      if (pending.purpose === 'sign-out') {
        wire.navigate('return', purposes.signOutAnswer, address);
        finishSignOut();
        return;
      }
      const refused = address.searchParams.has('error');
      wire.navigate('return', refused ? purposes.signInRefusal : purposes.signInAnswer, address);
      await finishSignIn(address, pending);
    },
  };

  /**
   * @param {URL} address
   * @param {import('./memory.js').Pending} pending
   */
  async function finishSignIn(address, pending) {
    try {
      const { party } = await meet();
      const session = readSession(await party.finish(address, pending), now().getTime());
      if (pending.purpose === 'check' && isSamePerson(memory.state.session, session)) {
        memory.update({ notices: { page: stillThere } });
        return;
      }
      memory.update({
        session,
        notices: { page: pending.purpose === 'check' ? recognised : welcome },
      });
      await meetPerson(party, session);
    } catch (error) {
      memory.update({ notices: { page: explainProblem(error) } });
    }
  }

  /**
   * An ID token need not hold a name: applications ask for it at once.
   *
   * @param {import('./protocol.js').RelyingParty} party
   * @param {import('./memory.js').Session} session
   */
  async function meetPerson(party, session) {
    const person = await party.askUserInfo(session.accessToken, readSubject(session));
    memory.update({ session: { ...session, person: { ...person } } });
  }

  function finishSignOut() {
    const { session } = memory.state;
    if (session) memory.update({ session: { ...session, signedOutAt: now().getTime() } });
    memory.update({ notices: { page: goodbye } });
  }
}

/** @typedef {ReturnType<typeof createTravel>} Travel */

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
 * A quiet check asks for less than a sign-in, so what we already hold about that person is kept.
 *
 * @param {import('./memory.js').Session | undefined} session
 * @param {import('./memory.js').Session} found
 */
function isSamePerson(session, found) {
  if (!session || session.signedOutAt !== undefined) return false;
  return readSubject(session) === readSubject(found);
}

/** @param {URL} address */
function isAnswer({ searchParams }) {
  return searchParams.has('code') || searchParams.has('error') || searchParams.has('state');
}

/** @type {import('./problems.js').Notice} */
const welcome = {
  kind: 'good',
  title: 'You are signed in',
  text: 'The code was traded for tokens, and the signature, issuer, audience, nonce and expiry of the ID token were checked.',
};

/** @type {import('./problems.js').Notice} */
const stillThere = {
  kind: 'good',
  title: 'The provider still knows you',
  text: 'It answered at once, without showing a page: your session there is alive. The tokens you already had were kept.',
};

/** @type {import('./problems.js').Notice} */
const recognised = {
  kind: 'good',
  title: 'The provider knows you',
  text: 'You were signed in there already, so this app got its tokens without a single page: single sign-on.',
};

/** @type {import('./problems.js').Notice} */
const goodbye = {
  kind: 'good',
  title: 'You are signed out',
  text: 'The session at the provider has ended. The tokens are still shown, so that you can ask whether they are good for anything.',
};

/** @type {import('./problems.js').Notice} */
const strayAnswer = {
  kind: 'bad',
  title: 'This answer belongs to no question',
  text: 'Nothing that this tab asked for fits the state in the address, so it was ignored. That is how an application keeps out answers which someone else slipped in. Please begin again.',
};
