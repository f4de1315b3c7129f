/**
 * What a person can do with the tokens in this tab: refresh, replay, introspect, ask, give back.
 * Owns how the session in this tab changes with each answer; showing it is left to the views.
 */
import { addMember, judgeRefresh, newestMember } from './family.js';
import { decodeToken } from './jwt.js';
import { explainProblem, readCode } from './problems.js';
import { purposes } from './purposes.js';
import { verdicts } from './verdicts.js';

/** @typedef {import('./memory.js').Session} Session */
/** @typedef {import('./oauth4webapi.js').TokenEndpointResponse} Tokens */

/**
 * @param {object} dependencies
 * @param {import('./memory.js').Memory} dependencies.memory
 * @param {() => Date} dependencies.now
 * @param {() => Promise<import('./travel.js').Meeting>} dependencies.meet
 * @param {(work: () => Promise<void>) => () => Promise<void>} dependencies.guard one at a time
 */
export function createTokenActions({ memory, now, meet, guard }) {
  const at = () => now().getTime();

  return {
    /** Refreshes with the newest token, as an application does. */
    refresh: withSession('family', async (session, party) => {
      const newest = newestToken(session);
      if (newest === undefined) return;
      try {
        accept(session, newest, await party.refresh(newest));
      } catch (error) {
        if (readCode(error) !== 'invalid_grant') throw error;
        endFamily(session.family?.endedAt === undefined ? verdicts.refused : verdicts.stillEnded);
      }
    }),

    /**
     * Two refreshes with one token at the same moment: what two tabs of one application do to each
     * other.
     */
    refreshTwice: withSession('family', async (session, party) => {
      const newest = newestToken(session);
      if (newest === undefined) return;
      const answers = await Promise.allSettled([
        party.refresh(newest),
        party.refresh(newest, purposes.twin),
      ]);
      const good = answers.flatMap((answer) =>
        answer.status === 'fulfilled' ? [answer.value] : [],
      );
      const [first, second] = good;
      if (first) accept(session, newest, first);
      if (!first || !second) return proveFamily(party, verdicts.twinRefused);
      tell(
        'family',
        first.refresh_token === second.refresh_token ? verdicts.twins : verdicts.forked,
      );
    }),

    /** @param {number} generation of a token that was already spent */
    replay: (generation) =>
      withSession('family', async (session, party) => {
        const member = session.family?.members[generation];
        if (!session.family || !member) return;
        try {
          const tokens = await party.refresh(member.token, purposes.replay);
          const outcome = judgeRefresh(session.family, member.token, tokens.refresh_token);
          accept(session, member.token, tokens);
          tell(
            'family',
            outcome === 'same_successor' ? verdicts.sameSuccessor : verdicts.acceptedReplay,
          );
        } catch (error) {
          if (readCode(error) !== 'invalid_grant') throw error;
          await proveFamily(party, verdicts.replayRefused);
        }
      }),

    introspectFamily: withSession('family', async (session, party) => {
      await proveFamily(
        party,
        verdicts.alive,
        session.family?.endedAt === undefined ? verdicts.ended : verdicts.stillEnded,
      );
    }),

    revokeFamily: withSession('family', async (session, party) => {
      const newest = newestToken(session);
      if (newest === undefined) return;
      await party.revoke(newest, 'refresh_token');
      endFamily(verdicts.givenBack);
    }),

    introspect: withSession('access-token', async (session, party) => {
      const claims = await party.introspect(session.accessToken, 'access_token');
      learn({ title: 'Introspection says', claims: { ...claims }, at: at() });
    }),

    askUserInfo: withSession('access-token', async (session, party) => {
      const subject = decodeToken(session.idToken)?.claims.sub;
      const claims = await party.askUserInfo(session.accessToken, String(subject));
      learn({ title: 'UserInfo says', claims: { ...claims }, at: at() });
    }),

    revoke: withSession('access-token', async (session, party) => {
      await party.revoke(session.accessToken, 'access_token');
      change((current) => ({ ...current, revokedAt: at(), finding: undefined }));
      tell('access-token', verdicts.revoked);
    }),
  };

  /**
   * @param {import('./problems.js').Place} place
   * @param {(session: Session, party: import('./protocol.js').RelyingParty) => Promise<void>} work
   * @returns {() => Promise<void>} tells what went wrong in that place, and never throws
   */
  function withSession(place, work) {
    return guard(async () => {
      const { session } = memory.state;
      if (!session) return;
      memory.update({ notices: {} });
      try {
        const { party } = await meet();
        await work(session, party);
      } catch (error) {
        tell(place, explainProblem(error));
      }
    });
  }

  /**
   * @param {import('./problems.js').Place} place
   * @param {import('./problems.js').Notice} notice
   */
  function tell(place, notice) {
    memory.update({ notices: { [place]: notice } });
  }

  /** @param {(session: Session) => Session} next */
  function change(next) {
    const { session } = memory.state;
    if (session) memory.update({ session: next(session) });
  }

  /** @param {import('./memory.js').Finding} finding */
  function learn(finding) {
    change((session) => ({ ...session, finding }));
  }

  /**
   * @param {Session} session as it was when the request was sent
   * @param {string} used
   * @param {Tokens} tokens
   */
  function accept(session, used, tokens) {
    if (!session.family) return;
    const outcome = judgeRefresh(session.family, used, tokens.refresh_token);
    const family =
      outcome === 'rotated' && tokens.refresh_token
        ? addMember(session.family, tokens.refresh_token, at())
        : session.family;
    change((current) => ({
      ...current,
      family,
      idToken: tokens.id_token ?? current.idToken,
      accessToken: tokens.access_token,
      receivedAt: at(),
      expiresAt: tokens.expires_in === undefined ? undefined : at() + tokens.expires_in * 1000,
      finding: undefined,
      revokedAt: undefined,
    }));
    tell('family', outcome === 'not_rotated' ? verdicts.notRotated : verdicts.rotated);
  }

  /** @param {import('./problems.js').Notice} notice */
  function endFamily(notice) {
    change((session) =>
      session.family
        ? {
            ...session,
            finding: undefined,
            family: { ...session.family, endedAt: session.family.endedAt ?? at() },
          }
        : session,
    );
    tell('family', notice);
  }

  /**
   * Asks the provider instead of assuming: the family has ended if its newest token is no longer
   * active.
   *
   * @param {import('./protocol.js').RelyingParty} party
   * @param {import('./problems.js').Notice} whenAlive
   * @param {import('./problems.js').Notice} whenEnded
   */
  async function proveFamily(party, whenAlive, whenEnded = verdicts.familyEnded) {
    const newest = memory.state.session && newestToken(memory.state.session);
    if (newest === undefined) return;
    const { active } = await party.introspect(newest, 'refresh_token', purposes.proof);
    if (active) {
      tell('family', whenAlive);
      return;
    }
    endFamily(whenEnded);
  }
}

/** @typedef {ReturnType<typeof createTokenActions>} TokenActions */

/**
 * @param {Session} session
 * @returns {string | undefined}
 */
function newestToken({ family }) {
  return family && newestMember(family)?.token;
}
