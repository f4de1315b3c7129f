// Browser sessions for the engine, which rewrites the whole document at every request. Here its
// apps are merged one by one, a cookie value that was replaced or ended never comes back, and a
// session that was merely used again is written once a minute.
import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import { AppError } from '#platform/errors.ts';
import { createRequestSlot } from '#platform/request/request-scope.ts';
import type { ActorStore } from '#core/subject-status/authorization-context.store.ts';
import type { NewSignIn, Sessions } from '#core/sessions/sessions.service.ts';
import type { Session } from '#core/sessions/session-rows.store.ts';
import { adapterWith } from './adapter.ts';
import { currentRoute, engineContext } from '#oidc/provider-context.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';
import type { SignInVersion } from '#oidc/sign-in/security-version.ts';

/** How far the row's last use may lag behind, and the end of the idle time with it. */
const longestLagMilliseconds = 60_000;

interface LoadedSession {
  readonly clientIds: readonly string[];
  readonly content: string;
  readonly expiresAt: Date;
}

export interface SessionAdapterDependencies {
  readonly sessions: Sessions;
  readonly actors: ActorStore;
  readonly facts: RequestFacts;
  readonly signInVersion: SignInVersion;
  readonly now: () => Date;
}

export function createSessionAdapter(dependencies: SessionAdapterDependencies): Adapter {
  const { sessions, actors, facts, signInVersion, now } = dependencies;
  const loaded = createRequestSlot<LoadedSession>('loaded session');
  const replacedId = createRequestSlot<string>('replaced session id');
  const knownSignIn = createRequestSlot<string>('sign-in of the session');

  /** Nothing but the time moved, and that by little: of a short life no more than a tenth. */
  function isMerelyUsed(payload: AdapterPayload, expiresAt: Date, expiresIn: number): boolean {
    const known = loaded.get();
    if (!known || known.content !== contentOf(payload)) return false;
    const lag = expiresAt.getTime() - known.expiresAt.getTime();
    return lag < Math.min(longestLagMilliseconds, expiresIn * 100);
  }

  /** A time of sign-in that was not there before this request, told once. */
  async function newSignIn(payload: AdapterPayload): Promise<NewSignIn | undefined> {
    const { uid, accountId, loginTs, amr } = payload;
    if (!accountId || loginTs === undefined) return undefined;
    const name = nameOf(uid, loginTs);
    if (name === knownSignIn.get()) return undefined;
    knownSignIn.set(name);
    const { user } = await facts.user(accountId);
    if (!user) throw refusal();
    const securityVersion = signInVersion.get() ?? user.securityVersion;
    return { user, clientId: engineContext()?.oidc.client?.clientId, amr, securityVersion };
  }

  return adapterWith({
    async find(id) {
      const clientId = askingClientId();
      const found =
        (await actors.loadForSession(id, now(), clientId)) ??
        // A request of another tab may have replaced the cookie while this one was on its way. The
        // user who signs out must not be told that it is done while the session lives on.
        (isSignOut() ? await actors.loadForReplacedSession(id, now(), clientId) : undefined);
      if (!found?.session) return undefined;
      const { session } = found;
      const { userId, uid: sessionUid, authorizations, loginAt, expiresAt } = session;
      const grantId = new Map(Object.entries(authorizations)).get(clientId ?? '')?.grantId;
      facts.remember({ userId, sessionUid, grantId }, found);
      knownSignIn.set(loginAt && nameOf(sessionUid, seconds(loginAt)));
      const payload = payloadOf(session, id);
      const clientIds = Object.keys(authorizations);
      loaded.set({ clientIds, content: contentOf(payload), expiresAt });
      return payload;
    },
    // The engine reads a session found this way, it never saves it: no cookie value is needed.
    async findByUid(uid) {
      const session = await facts.session(uid);
      return session && payloadOf(session, '');
    },
    async upsert(id, payload, expiresIn = 0) {
      const authorizations = payload.authorizations ?? {};
      const expiresAt = new Date(now().getTime() + expiresIn * 1000);
      if (isMerelyUsed(payload, expiresAt, expiresIn)) return;
      const known = loaded.get()?.clientIds ?? [];
      const removed = known.filter((clientId) => !Object.hasOwn(authorizations, clientId));
      loaded.set(undefined);
      const saved = await sessions.save(
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
          expiresAt,
        },
        await newSignIn(payload),
      );
      if (!saved) throw refusal();
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

/** What the request relies on was ended meanwhile. The browser gets nothing, the client may ask again. */
function refusal(): Error {
  const message = 'This sign-in was ended meanwhile. Please sign in again.';
  return engineContext()
    ? new errors.AccessDenied('the session of the End-User was ended meanwhile')
    : new AppError('session_expired', message);
}

/** The app that an authorization request names; elsewhere it is known later or not at all. */
function askingClientId(): string | undefined {
  const clientId = engineContext()?.query['client_id'];
  return typeof clientId === 'string' ? clientId : undefined;
}

function isSignOut(): boolean {
  const route = currentRoute();
  return route === 'end_session' || route === 'end_session_confirm';
}

/** All that a session says, as text; its times are not part of it. */
function contentOf(payload: AdapterPayload): string {
  const { jti, uid, accountId, loginTs, acr, amr, transient, state, authorizations } = payload;
  const texts = [jti, uid, accountId, loginTs, acr, amr, transient === true, state, authorizations];
  return JSON.stringify(texts);
}

/** One sign-in of one session. */
function nameOf(sessionUid: string | undefined, loginTs: number): string {
  return `${sessionUid} ${loginTs}`;
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
