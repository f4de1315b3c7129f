// What the current request knows of the person, grant and session it is about. The engine looks
// them up one by one; the first look-up fetches all that the token in hand names, the others are
// answered from memory. Nothing here outlives the request.
import type { User } from '#core/users/users.ts';
import { createRequestSlot } from '#platform/request/request-scope.ts';
import type { StandingService } from '#core/subject-status/subject-status.service.ts';
import type { ActorIds, Actors } from '#core/subject-status/authorization-context.store.ts';
import type { Grant } from '#core/tokens/grants.store.ts';
import type { Session } from '#core/sessions/session-rows.store.ts';
import { currentRoute } from './provider-context.ts';

interface Facts {
  readonly users: Map<string, User | undefined>;
  readonly grants: Map<string, Grant | undefined>;
  readonly sessions: Map<string, Session | undefined>;
  expected: Partial<ActorIds>;
  notBefore: Date | undefined;
}

const emptyFacts = (): Facts => ({
  users: new Map(),
  grants: new Map(),
  sessions: new Map(),
  expected: {},
  notBefore: undefined,
});

export function createRequestFacts({ standing }: { standing: StandingService }) {
  const slot = createRequestSlot<Facts>('facts');

  function current(): Facts {
    const known = slot.get() ?? emptyFacts();
    slot.set(known);
    return known;
  }

  function remember(ids: Partial<ActorIds>, actors: Actors): void {
    const facts = current();
    facts.notBefore = actors.notBefore;
    if (ids.userId) facts.users.set(ids.userId, actors.user);
    if (ids.grantId) facts.grants.set(ids.grantId, actors.grant);
    if (ids.sessionUid) facts.sessions.set(ids.sessionUid, actors.session);
  }

  /** Loads what was asked for together with what is expected and not known yet. */
  async function load(asked: Partial<ActorIds>): Promise<Actors> {
    const { expected, users, grants, sessions } = current();
    const ids: ActorIds = {
      userId: asked.userId ?? unknownOf(expected.userId, users),
      grantId: asked.grantId ?? unknownOf(expected.grantId, grants),
      sessionUid: asked.sessionUid ?? unknownOf(expected.sessionUid, sessions),
    };
    const hot = currentRoute() === 'introspection';
    const actors = await (hot ? standing.recall(ids) : standing.load(ids));
    remember(ids, actors);
    return actors;
  }

  return {
    remember,
    /** Names what a token that was just found will make the engine ask for. */
    expect(ids: Partial<ActorIds>): void {
      current().expected = ids;
    },
    /** The epoch of everybody goes with the person: it is loaded in the same statement. */
    async user(userId: string): Promise<Pick<Actors, 'user' | 'notBefore'>> {
      const { users, notBefore } = current();
      if (users.has(userId)) return { user: users.get(userId), notBefore };
      return load({ userId });
    },
    /** For what no person is involved in: the epoch of everybody alone. */
    async nobody(): Promise<{ user: null; notBefore: Date | undefined }> {
      return { user: null, notBefore: (await load({})).notBefore };
    },
    async grant(grantId: string): Promise<Grant | undefined> {
      const { grants } = current();
      if (grants.has(grantId)) return grants.get(grantId);
      return (await load({ grantId })).grant;
    },
    async session(sessionUid: string): Promise<Session | undefined> {
      const { sessions } = current();
      if (sessions.has(sessionUid)) return sessions.get(sessionUid);
      return (await load({ sessionUid })).session;
    },
    /** After a write of this request: the rows changed, what was read is no longer true. */
    forget(): void {
      slot.set(undefined);
    },
    /**
     * When a token was made, as exactly as can be known: it carries whole seconds, but it is no
     * older than the grant it stands on. Who signs in right after a block was lifted so is let in.
     */
    madeAt(seconds: number, grantId: string | undefined): Date {
      const grant = grantId === undefined ? undefined : current().grants.get(grantId);
      return new Date(Math.max(seconds * 1000, grant?.createdAt.getTime() ?? 0));
    },
    rememberGrant(grant: Grant): void {
      current().grants.set(grant.id, grant);
    },
  };
}

export type RequestFacts = ReturnType<typeof createRequestFacts>;

function unknownOf(id: string | undefined, known: Map<string, unknown>): string | undefined {
  return id !== undefined && known.has(id) ? undefined : id;
}
