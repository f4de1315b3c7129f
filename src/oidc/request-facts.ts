// Caches the user, grant and session of the current request. oidc-provider looks them up one by
// one; the first lookup fetches all that the presented token refers to, and later lookups are
// answered from memory. Nothing outlives the request.
import { noAssignments, type Assignments } from '#core/access-control/assignments.ts';
import type { User } from '#core/users/users.ts';
import { createRequestSlot } from '#platform/request/request-scope.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import type {
  AuthorizationContextIds,
  AuthorizationContext,
} from '#core/subject-status/authorization-context.store.ts';
import type { Grant } from '#core/tokens/grants.store.ts';
import type { Session, SessionImpersonation } from '#core/sessions/session-rows.store.ts';
import { noteImpersonation, type RequestOriginSlot } from '#platform/request/request-origin.ts';
import { currentRoute } from './provider-context.ts';

interface Facts {
  readonly users: Map<string, User | undefined>;
  readonly assignments: Map<string, Assignments>;
  readonly grants: Map<string, Grant | undefined>;
  readonly sessions: Map<string, Session | undefined>;
  expected: Partial<AuthorizationContextIds>;
  notBefore: Date | undefined;
}

const emptyFacts = (): Facts => ({
  users: new Map(),
  assignments: new Map(),
  grants: new Map(),
  sessions: new Map(),
  expected: {},
  notBefore: undefined,
});

export interface RequestFactDependencies {
  readonly subjectStatus: SubjectStatusService;
  readonly requestOrigin: RequestOriginSlot;
}

export function createRequestFacts({ subjectStatus, requestOrigin }: RequestFactDependencies) {
  const slot = createRequestSlot<Facts>('facts');

  function current(): Facts {
    const known = slot.get() ?? emptyFacts();
    slot.set(known);
    return known;
  }

  function remember(ids: Partial<AuthorizationContextIds>, context: AuthorizationContext): void {
    const facts = current();
    facts.notBefore = context.notBefore;
    if (ids.userId) {
      facts.users.set(ids.userId, context.user);
      facts.assignments.set(ids.userId, context.assignments);
    }
    if (ids.grantId) facts.grants.set(ids.grantId, context.grant);
    if (ids.sessionUid) facts.sessions.set(ids.sessionUid, context.session);
    const by = impersonationOf(context.session);
    if (by) noteImpersonation(requestOrigin, by);
  }

  /** Loads the requested records together with the expected ones that are not loaded yet. */
  async function load(requested: Partial<AuthorizationContextIds>): Promise<AuthorizationContext> {
    const { expected, users, grants, sessions } = current();
    const ids: AuthorizationContextIds = {
      userId: requested.userId ?? unknownOf(expected.userId, users),
      grantId: requested.grantId ?? unknownOf(expected.grantId, grants),
      sessionUid: requested.sessionUid ?? unknownOf(expected.sessionUid, sessions),
    };
    const mayBeCopy = currentRoute() === 'introspection';
    const context = await (mayBeCopy ? subjectStatus.loadCached(ids) : subjectStatus.load(ids));
    remember(ids, context);
    return context;
  }

  return {
    remember,
    /**
     * Records the ids to which a found token refers, so that the next lookup loads them together.
     */
    expect(ids: Partial<AuthorizationContextIds>): void {
      current().expected = ids;
    },
    /** The user, the assignments and the installation-wide notBefore, which are loaded in one statement. */
    async user(
      userId: string,
    ): Promise<Pick<AuthorizationContext, 'user' | 'assignments' | 'notBefore'>> {
      const { users, assignments, notBefore } = current();
      if (!users.has(userId)) return load({ userId });
      const assigned = assignments.get(userId) ?? noAssignments;
      return { user: users.get(userId), assignments: assigned, notBefore };
    },
    /** The assignments of a user whom this request has loaded. */
    assignmentsOf: (userId: string): Assignments | undefined => current().assignments.get(userId),
    /** For tokens without a user: only the installation-wide notBefore. */
    async withoutUser(): Promise<{ user: null; notBefore: Date | undefined }> {
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
    /** The impersonation in whose session this request acts. */
    impersonation: (): ImpersonatedUser | undefined =>
      [...current().sessions.values()].map(impersonationOf).find((each) => each !== undefined),
    /** Must be called after this request has changed the rows, because the cached records are stale. */
    forget(): void {
      slot.set(undefined);
    },
    /**
     * The time at which a token was issued, as exactly as possible. `iat` has whole seconds,
     * but a token is never older than its grant; without this correction, a token issued right
     * after a block was lifted could be refused.
     */
    issuedAt(seconds: number, grantId: string | undefined): Date {
      const grant = grantId === undefined ? undefined : current().grants.get(grantId);
      return new Date(Math.max(seconds * 1000, grant?.createdAt.getTime() ?? 0));
    },
    rememberGrant(grant: Grant): void {
      current().grants.set(grant.id, grant);
    },
  };
}

export type RequestFacts = ReturnType<typeof createRequestFacts>;

export interface ImpersonatedUser extends SessionImpersonation {
  readonly userId: string;
}

function impersonationOf(session: Session | undefined): ImpersonatedUser | undefined {
  const { userId, impersonation } = session ?? {};
  return userId === undefined ? undefined : impersonation && { ...impersonation, userId };
}

function unknownOf(id: string | undefined, known: Map<string, unknown>): string | undefined {
  return id !== undefined && known.has(id) ? undefined : id;
}
