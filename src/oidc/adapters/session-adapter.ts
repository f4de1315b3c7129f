// Browser sessions for the engine, which rewrites the whole document at every request. Here its
// apps are merged one by one, and a cookie value that was replaced or ended never comes back.
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { createRequestSlot } from '#platform/request/request-scope.ts';
import type { ActorStore } from '#stores/sessions/actors.ts';
import type { NewSignIn, Sessions } from '#services/sessions/sessions.ts';
import type { Session } from '#stores/sessions/sessions.ts';
import { adapterWith } from './adapter.ts';
import { engineContext } from '#oidc/engine-context.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';

export interface SessionAdapterDependencies {
  readonly sessions: Sessions;
  readonly actors: ActorStore;
  readonly facts: RequestFacts;
  readonly now: () => Date;
}

export function createSessionAdapter(dependencies: SessionAdapterDependencies): Adapter {
  const { sessions, actors, facts, now } = dependencies;
  const loadedClientIds = createRequestSlot<readonly string[]>('clients of the session');
  const replacedId = createRequestSlot<string>('replaced session id');
  const knownLoginTs = createRequestSlot<number>('sign-in of the session');

  /** A time of sign-in that was not there before this request, told once. */
  async function newSignIn(payload: AdapterPayload): Promise<NewSignIn | undefined> {
    const { accountId, loginTs, amr } = payload;
    if (!accountId || loginTs === undefined || loginTs === knownLoginTs.get()) return undefined;
    knownLoginTs.set(loginTs);
    const { user } = await facts.user(accountId);
    return user && { user, clientId: engineContext()?.oidc.client?.clientId, amr };
  }

  return adapterWith({
    async find(id) {
      const loaded = await actors.loadForSession(id, now());
      if (!loaded?.session) return undefined;
      const { session } = loaded;
      facts.remember({ userId: session.userId, sessionUid: session.uid }, loaded);
      loadedClientIds.set(Object.keys(session.authorizations));
      knownLoginTs.set(session.loginAt && seconds(session.loginAt));
      return payloadOf(session, id);
    },
    // The engine reads a session found this way, it never saves it: no cookie value is needed.
    async findByUid(uid) {
      const session = await facts.session(uid);
      return session && payloadOf(session, '');
    },
    async upsert(id, payload, expiresIn = 0) {
      const authorizations = payload.authorizations ?? {};
      const removed = (loadedClientIds.get() ?? []).filter((known) => !(known in authorizations));
      await sessions.save(
        {
          id,
          replacedId: replacedId.get(),
          uid: requireText(payload.uid, 'uid'),
          userId: payload.accountId,
          loginAt: payload.loginTs === undefined ? undefined : new Date(payload.loginTs * 1000),
          acr: payload.acr,
          amr: payload.amr,
          transient: payload.transient === true,
          state: payload.state,
          authorizations,
          removedClientIds: removed,
          expiresAt: new Date(now().getTime() + expiresIn * 1000),
        },
        await newSignIn(payload),
      );
    },
    /** Called for a sign-out, and also for the old cookie value when the engine replaces it. */
    async destroy(id) {
      if (isReplacement(id)) {
        replacedId.set(id);
        return;
      }
      await sessions.end(id, engineContext()?.oidc.client?.clientId);
      facts.forget();
    },
  });
}

function isReplacement(id: string): boolean {
  const session: unknown = engineContext()?.oidc.session;
  return typeof session === 'object' && session !== null && 'oldId' in session
    ? session.oldId === id
    : false;
}

function payloadOf(session: Session, id: string): AdapterPayload {
  const { loginAt } = session;
  return {
    jti: id,
    kind: 'Session',
    uid: session.uid,
    accountId: session.userId,
    loginTs: loginAt && seconds(loginAt),
    acr: session.acr,
    amr: session.amr && [...session.amr],
    transient: session.transient || undefined,
    state: session.state as AdapterPayload['state'], // written by the engine, read back as it was
    authorizations: session.authorizations,
    iat: seconds(session.createdAt),
    exp: seconds(session.expiresAt),
  };
}

export function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

export function requireText(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(`the engine left out ${name}`);
}
