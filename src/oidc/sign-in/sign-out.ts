// RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0): when the user must confirm it, and
// how it proceeds without confirmation. core/sessions/sessions.service.ts ends the session itself.
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

/**
 * Sign-out patches that oidc-provider's configuration does not offer. docs/decisions/0001 lists
 * every patch.
 */
export function adjustSignOut(provider: Provider): void {
  provider.use(sendOnWithoutSession);
  // Every ID token contains `sid`, so that a client can name the session in a logout request.
  provider.Client.prototype.includeSid = () => true;
  // Access tokens omit `sid`: an API learns the user of a token, not the session.
  Object.defineProperty(provider.AccessToken.prototype, 'sid', { get: () => undefined, set() {} });
  // oidc-provider would notify clients once, while the user waits. By then the end of the session
  // has already written the notifications to the outbox (core/outbox/worker.service.ts).
  provider.Client.prototype.backchannelLogout = async () => {};
}

/**
 * True if the client's ID token hint proves that it means this session: the hint has its user and
 * its `sid`. Without such proof the user must confirm (RP-Initiated Logout 1.0 §2).
 */
export function isVouchedFor({ oidc }: KoaContextWithOIDC): boolean {
  const { session, client } = oidc;
  const hint = oidc.entities.IdTokenHint?.payload;
  if (!session?.accountId || !client || !hint) return false;
  const sid = session.sidFor(client.clientId);
  return hint['sub'] === session.accountId && sid !== undefined && hint['sid'] === sid;
}

/** Ends the session and everything bound to it, and redirects the browser. */
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
 * Without a session there is nothing to confirm. oidc-provider would respond with a form that a
 * script submits; the redirect URI was already validated, so the browser can be redirected at once.
 */
async function sendOnWithoutSession(
  ctx: KoaContextWithOIDC,
  next: () => Promise<unknown>,
): Promise<void> {
  await next();
  const isSignedOutPage = ctx.oidc?.route === 'end_session' && ctx.status === 200;
  if (isSignedOutPage && !ctx.oidc.session?.accountId) sendOn(ctx);
}

/** Redirects to the client's registered URI with its `state`, otherwise to our signed-out page. */
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
