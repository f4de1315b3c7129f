// RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0): when the user must confirm it, and
// how it proceeds without confirmation. core/sessions/sessions.service.ts ends the session itself.
import type { KoaContextWithOIDC } from 'oidc-provider';
import { isPairwise } from '#oidc/security/subject-identifiers.ts';

/**
 * True if the client's ID token hint proves that it means this session: the hint has its user and
 * its `sid`. Without such proof the user must confirm (RP-Initiated Logout 1.0 §2). A pairwise
 * `sub` is not compared, since the random `sid` means one session of this client.
 */
export function isVouchedFor({ oidc }: KoaContextWithOIDC): boolean {
  const { session, client } = oidc;
  const hint = oidc.entities.IdTokenHint?.payload;
  if (!session?.accountId || !client || !hint) return false;
  const sid = session.sidFor(client.clientId);
  const isUser = isPairwise(client) || hint['sub'] === session.accountId;
  return isUser && sid !== undefined && hint['sid'] === sid;
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
  redirectAfterLogout(ctx);
}

/** Redirects to the client's registered URI with its `state`, otherwise to our signed-out page. */
export function redirectAfterLogout(ctx: KoaContextWithOIDC): void {
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
