/**
 * The actions for the tokens in this tab: refresh, replay, introspect, request UserInfo, revoke.
 * Determines how the session in this tab changes with each response; the views show it.
 */
import { addMember, judgeRefresh, newestMember } from './family.js';
import { decodeToken } from './jwt.js';
import { explainProblem, readCode } from './problems.js';
import { purposes } from './purposes.js';
import { outcomes } from './outcomes.js';

/** @typedef {import('./memory.js').Session} Session */
/** @typedef {import('./oauth4webapi.js').TokenEndpointResponse} Tokens */

/**
 * @param {object} dependencies
 * @param {import('./memory.js').Memory} dependencies.memory
 * @param {() => Date} dependencies.now
 * @param {() => Promise<import('./redirects.js').Connection>} dependencies.connect
 * @param {(work: () => Promise<void>) => () => Promise<void>} dependencies.guard runs one action at a time
 */
export function createTokenActions({ memory, now, connect, guard }) {
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
        endFamily(session.family?.endedAt === undefined ? outcomes.refused : outcomes.stillEnded);
      }
    }),

    /** Two parallel refreshes with the same token, as two tabs of one application may send them. */
    refreshTwice: withSession('family', async (session, party) => {
      const newest = newestToken(session);
      if (newest === undefined) return;
      const responses = await Promise.allSettled([
        party.refresh(newest),
        party.refresh(newest, purposes.twin),
      ]);
      const succeeded = responses.flatMap((response) =>
        response.status === 'fulfilled' ? [response.value] : [],
      );
      const [first, second] = succeeded;
      if (first) accept(session, newest, first);
      if (!first || !second) return checkFamily(party, outcomes.twinRefused);
      notify(
        'family',
        first.refresh_token === second.refresh_token ? outcomes.twins : outcomes.forked,
      );
    }),

    /** @param {number} generation of a token that was already used */
    replay: (generation) =>
      withSession('family', async (session, party) => {
        const member = session.family?.members[generation];
        if (!session.family || !member) return;
        try {
          const tokens = await party.refresh(member.token, purposes.replay);
          const outcome = judgeRefresh(session.family, member.token, tokens.refresh_token);
          accept(session, member.token, tokens);
          notify(
            'family',
            outcome === 'same_successor' ? outcomes.sameSuccessor : outcomes.acceptedReplay,
          );
        } catch (error) {
          if (readCode(error) !== 'invalid_grant') throw error;
          await checkFamily(party, outcomes.replayRefused);
        }
      }),

    introspectFamily: withSession('family', async (session, party) => {
      await checkFamily(
        party,
        outcomes.active,
        session.family?.endedAt === undefined ? outcomes.ended : outcomes.stillEnded,
      );
    }),

    revokeFamily: withSession('family', async (session, party) => {
      const newest = newestToken(session);
      if (newest === undefined) return;
      await party.revoke(newest, 'refresh_token');
      endFamily(outcomes.familyRevoked);
    }),

    introspect: withSession('access-token', async (session, party) => {
      const claims = await party.introspect(session.accessToken, 'access_token');
      showFinding({ title: 'Introspection response', claims: { ...claims }, at: at() });
    }),

    requestUserInfo: withSession('access-token', async (session, party) => {
      const subject = decodeToken(session.idToken)?.claims.sub;
      const claims = await party.requestUserInfo(session.accessToken, String(subject));
      showFinding({ title: 'UserInfo response', claims: { ...claims }, at: at() });
    }),

    revoke: withSession('access-token', async (session, party) => {
      await party.revoke(session.accessToken, 'access_token');
      updateSession((current) => ({ ...current, revokedAt: at(), finding: undefined }));
      notify('access-token', outcomes.revoked);
    }),
  };

  /**
   * @param {import('./problems.js').NoticeArea} area
   * @param {(session: Session, party: import('./protocol.js').RelyingParty) => Promise<void>} work
   * @returns {() => Promise<void>} shows an error in that area, and never throws
   */
  function withSession(area, work) {
    return guard(async () => {
      const { session } = memory.state;
      if (!session) return;
      memory.update({ notices: {} });
      try {
        const { party } = await connect();
        await work(session, party);
      } catch (error) {
        notify(area, explainProblem(error));
      }
    });
  }

  /**
   * @param {import('./problems.js').NoticeArea} area
   * @param {import('./problems.js').Notice} notice
   */
  function notify(area, notice) {
    memory.update({ notices: { [area]: notice } });
  }

  /** @param {(session: Session) => Session} next */
  function updateSession(next) {
    const { session } = memory.state;
    if (session) memory.update({ session: next(session) });
  }

  /** @param {import('./memory.js').Finding} finding */
  function showFinding(finding) {
    updateSession((session) => ({ ...session, finding }));
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
    updateSession((current) => ({
      ...current,
      family,
      idToken: tokens.id_token ?? current.idToken,
      accessToken: tokens.access_token,
      receivedAt: at(),
      expiresAt: tokens.expires_in === undefined ? undefined : at() + tokens.expires_in * 1000,
      finding: undefined,
      revokedAt: undefined,
    }));
    notify('family', outcome === 'not_rotated' ? outcomes.notRotated : outcomes.rotated);
  }

  /** @param {import('./problems.js').Notice} notice */
  function endFamily(notice) {
    updateSession((session) =>
      session.family
        ? {
            ...session,
            finding: undefined,
            family: { ...session.family, endedAt: session.family.endedAt ?? at() },
          }
        : session,
    );
    notify('family', notice);
  }

  /**
   * Asks the provider instead of assuming: the family was revoked if its newest token is no longer
   * active.
   *
   * @param {import('./protocol.js').RelyingParty} party
   * @param {import('./problems.js').Notice} whenActive
   * @param {import('./problems.js').Notice} whenEnded
   */
  async function checkFamily(party, whenActive, whenEnded = outcomes.familyEnded) {
    const newest = memory.state.session && newestToken(memory.state.session);
    if (newest === undefined) return;
    const { active } = await party.introspect(newest, 'refresh_token', purposes.familyCheck);
    if (active) {
      notify('family', whenActive);
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
