// Adapter for browser sessions. oidc-provider rewrites the whole document at every request; this adapter
// merges the clients one by one, never restores a replaced or revoked cookie value, and writes a session that
// was merely used again at most once a minute.
import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import { AppError } from '#platform/errors.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import { createRequestSlot } from '#platform/request/request-scope.ts';
import type { AuthorizationContextStore } from '#core/subject-status/authorization-context.store.ts';
import type { NewSignIn, Sessions } from '#core/sessions/sessions.service.ts';
import type { Session } from '#core/sessions/session-rows.store.ts';
import { adapterWith } from './adapter.ts';
import { refuseKnownOutage } from './database-outage.ts';
import { requireText, seconds } from './payload.ts';
import { currentRoute, providerContext } from '#oidc/provider-context.ts';
import { replacedIdOf } from '#oidc/patches/private-members.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';
import type { SignInVersion } from '#oidc/sign-in/security-version.ts';

/** How far the stored time of last use, and so the idle timeout, may lag behind. */
const maxLagMilliseconds = 60_000;

interface LoadedSession {
  readonly clientIds: readonly string[];
  readonly content: string;
  readonly expiresAt: Date;
}

export interface SessionAdapterDependencies {
  readonly sessions: Sessions;
  readonly authorizationContexts: AuthorizationContextStore;
  readonly facts: RequestFacts;
  readonly signInVersion: SignInVersion;
  readonly requestOrigin: RequestOriginSlot;
  readonly now: () => Date;
}

export function createSessionAdapter(dependencies: SessionAdapterDependencies): Adapter {
  const { sessions, authorizationContexts, facts, signInVersion, now } = dependencies;
  const { requestOrigin } = dependencies;
  const loaded = createRequestSlot<LoadedSession>('loaded session');
  const replacedId = createRequestSlot<string>('replaced session id');
  const knownSignIn = createRequestSlot<string>('sign-in of the session');

  /** True if only the times changed, and by little: at most a tenth of a short lifetime. */
  function isMerelyUsed(payload: AdapterPayload, expiresAt: Date, expiresIn: number): boolean {
    const known = loaded.get();
    if (!known || known.content !== contentOf(payload)) return false;
    const lag = expiresAt.getTime() - known.expiresAt.getTime();
    return lag < Math.min(maxLagMilliseconds, expiresIn * 100);
  }

  /** Returns a sign-in that did not exist before this request, once. */
  async function newSignIn(payload: AdapterPayload): Promise<NewSignIn | undefined> {
    const { uid, accountId, loginTs, amr } = payload;
    if (!accountId || loginTs === undefined) return undefined;
    const name = nameOf(uid, loginTs);
    if (name === knownSignIn.get()) return undefined;
    knownSignIn.set(name);
    const { user } = await facts.user(accountId);
    if (!user) throw revokedError();
    const securityVersion = signInVersion.get() ?? user.securityVersion;
    return { user, clientId: providerContext()?.oidc.client?.clientId, amr, securityVersion };
  }

  return adapterWith({
    async find(id) {
      refuseKnownOutage();
      const clientId = askingClientId();
      const found =
        (await authorizationContexts.loadForSession(id, now(), clientId)) ??
        // A request of another tab may have replaced the cookie while this one was in flight.
        // Sign-out must not report success while the session is still active.
        (isSignOut()
          ? await authorizationContexts.loadForReplacedSession(id, now(), clientId)
          : undefined);
      if (!found?.session) return undefined;
      const { session } = found;
      if (!hasCookieOf(requestOrigin, session)) return undefined;
      const { userId, uid: sessionUid, authorizations, loginAt, expiresAt } = session;
      const grantId = new Map(Object.entries(authorizations)).get(clientId ?? '')?.grantId;
      facts.remember({ userId, sessionUid, grantId }, found);
      knownSignIn.set(loginAt && nameOf(sessionUid, seconds(loginAt)));
      const payload = payloadOf(session, id);
      const clientIds = Object.keys(authorizations);
      loaded.set({ clientIds, content: contentOf(payload), expiresAt });
      return payload;
    },
    // oidc-provider only reads a session found this way and never saves it, so it needs no cookie
    // value.
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
      if (!saved) throw revokedError();
    },
    /** Called for a sign-out, and also for the old cookie value when oidc-provider replaces it. */
    async destroy(id) {
      if (isReplacement(id)) {
        replacedId.set(id);
        return;
      }
      await sessions.end(id, providerContext()?.oidc.client?.clientId);
      facts.forget();
    },
  });
}

/**
 * The session or sign-in was revoked in the meantime. The browser receives no session; the client
 * may send a new request.
 */
function revokedError(): Error {
  const message = 'The sign-in is no longer valid. Please sign in again.';
  return providerContext()
    ? new errors.AccessDenied('the session of the End-User was revoked')
    : new AppError('session_expired', message);
}

/** The client named by an authorization request; other requests identify it later or not at all. */
function askingClientId(): string | undefined {
  const clientId = providerContext()?.query['client_id'];
  return typeof clientId === 'string' ? clientId : undefined;
}

function isSignOut(): boolean {
  const route = currentRoute();
  return route === 'end_session' || route === 'end_session_confirm';
}

/**
 * The session of an impersonation is used only by a browser with the cookie of the impersonation, whose every
 * page shows the banner: a planted or copied session cookie is not enough.
 */
function hasCookieOf(origin: RequestOriginSlot, { impersonation }: Session): boolean {
  return !impersonation || origin.get()?.impersonation?.cookieId === impersonation.id;
}

/** The content of a session without its times, for comparison. */
function contentOf(payload: AdapterPayload): string {
  const { jti, uid, accountId, loginTs, acr, amr, transient, state, authorizations } = payload;
  const texts = [jti, uid, accountId, loginTs, acr, amr, transient === true, state, authorizations];
  return JSON.stringify(texts);
}

/** Identifies one sign-in of one session. */
function nameOf(sessionUid: string | undefined, loginTs: number): string {
  return `${sessionUid} ${loginTs}`;
}

function isReplacement(id: string): boolean {
  return replacedIdOf(providerContext()?.oidc.session) === id;
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
    state: session.state as AdapterPayload['state'], // written by oidc-provider, returned unchanged
    authorizations: session.authorizations,
    iat: seconds(session.createdAt),
    exp: seconds(session.expiresAt),
  };
}
