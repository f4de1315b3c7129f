// Signing out at an app's request (OpenID Connect RP-Initiated Logout 1.0): when the person must be
// asked, and how it is done without. Ending the session itself is
// core/sessions/sessions.service.ts.
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

/** What of signing out the engine's configuration can not reach. */
export function adjustSignOut(provider: Provider): void {
  provider.use(sendOnWithoutSession);
  // In every ID token, so that an app can say which session it means when it asks to sign out.
  provider.Client.prototype.includeSid = () => true;
  // Access tokens leave it out: an API is told whose token it sees, not in which session.
  Object.defineProperty(provider.AccessToken.prototype, 'sid', { get: () => undefined, set() {} });
  // The engine tells apps while the person waits, and once. By then the session's end has written
  // it into the outbox (core/outbox/worker.service.ts).
  provider.Client.prototype.backchannelLogout = async () => {};
}

/**
 * The app proves by its ID token that it means this very session: its person and its `sid`. Anybody
 * else could only guess, so they are asked (section 2: "if the OP cannot verify").
 */
export function isVouchedFor({ oidc }: KoaContextWithOIDC): boolean {
  const { session, client } = oidc;
  const hint = oidc.entities.IdTokenHint?.payload;
  if (!session?.accountId || !client || !hint) return false;
  const sid = session.sidFor(client.clientId);
  return hint['sub'] === session.accountId && sid !== undefined && hint['sid'] === sid;
}

/** Ends the session and everything bound to it, and sends the browser on. */
export async function signOutNow(ctx: KoaContextWithOIDC): Promise<void> {
  const { session, cookies, provider, issuer } = ctx.oidc;
  await session?.destroy();
  cookies.set(provider.cookieName('session'), null, {
    signed: true,
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    secure: issuer.startsWith('https:'),
  });
  provider.emit('end_session.success', ctx);
  sendOn(ctx);
}

/**
 * Without a session there is nothing to ask. The engine would answer with a form that a script
 * sends; the address was checked already, so the browser can go there at once.
 */
async function sendOnWithoutSession(
  ctx: KoaContextWithOIDC,
  next: () => Promise<unknown>,
): Promise<void> {
  await next();
  const isShown = ctx.oidc?.route === 'end_session' && ctx.status === 200;
  if (isShown && !ctx.oidc.session?.accountId) sendOn(ctx);
}

/** To the app's registered address, with its `state`, else to our own last page. */
function sendOn(ctx: KoaContextWithOIDC): void {
  const { post_logout_redirect_uri: address, state } = ctx.oidc.params ?? {};
  const url = new URL(
    typeof address === 'string' ? address : ctx.oidc.urlFor('end_session_success'),
  );
  if (typeof address === 'string' && typeof state === 'string') {
    url.searchParams.set('state', state);
  }
  ctx.status = 303;
  ctx.redirect(url.href);
}
