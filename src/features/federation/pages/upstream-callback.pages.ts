// The responses of identity providers: the callback of an authorization request, and the ID token
// that Google One Tap posts.
import { limit } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import { AppError } from '#platform/errors.ts';
import type { Context } from '#http/context.ts';
import { readForm, type Form } from '#http/request/input.ts';
import type { ProblemName } from '#http/site-pages.ts';
import type { SignedIn } from '#oidc/sign-in/browser-session.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import { flowName, signInPath } from '#features/interaction/sign-in-paths.ts';
import type { LinkFault } from '#features/federation/identities.service.ts';
import type { ProvenIdentity } from '#core/users/external-identity.ts';
import type { ProviderFault } from '#features/federation/upstream/provider-errors.service.ts';
import type { UpstreamPurpose } from '#features/federation/upstream-requests.service.ts';
import {
  beginRequest,
  goBack,
  requireProvider,
  type UpstreamPageDependencies,
} from './upstream.pages.ts';

const upstreamProblems = {
  refused: 'with-failed',
  domain: 'with-domain',
  stale: 'with-stale',
  away: 'with-away',
  denied: 'with-denied',
} as const satisfies Record<ProviderFault, ProblemName>;

const linkProblems = {
  taken: 'with-taken',
  too_many: 'with-many',
} as const satisfies Record<LinkFault, ProblemName>;

/** True if the authentication is older than half the maximum lifetime of a session. */
function isPast(
  { now, sessionMaxSeconds }: UpstreamPageDependencies,
  { at }: ProvenIdentity,
): boolean {
  return now().getTime() - at.getTime() > (sessionMaxSeconds * 1000) / 2;
}

/** The signed-in user, unless the session that started the request has ended. */
async function visitOf(
  { site }: UpstreamPageDependencies,
  ctx: Context,
  sessionUid: string,
): Promise<SignedIn | undefined> {
  const visit = await site.signedIn(ctx);
  return visit?.sessionUid === sessionUid ? visit : undefined;
}

/** Continues with the authenticated identity, as the purpose of the request says. */
async function handleIdentity(
  dependencies: UpstreamPageDependencies,
  ctx: Context,
  purpose: UpstreamPurpose,
  identity: ProvenIdentity,
): Promise<void> {
  const { site, upstreamRequests, providerButtons } = dependencies;
  if (purpose.kind === 'sign-in') {
    const { interaction, stays } = purpose;
    await upstreamRequests.keepProven(
      { ...identity, stays },
      providerButtons.browser(ctx),
      flowName(interaction),
    );
    return site.redirect(ctx, signInPath(interaction, 'with'));
  }
  const visit = await visitOf(dependencies, ctx, purpose.sessionUid);
  if (!visit) return site.redirect(ctx, '/auth/sign-in');
  const problem =
    purpose.kind === 'link'
      ? await link(dependencies, visit, identity)
      : await reauthenticate(dependencies, visit, identity);
  if (problem) return goBack(dependencies, ctx, purpose, problem);
  return site.redirect(ctx, purpose.back);
}

async function link(
  { identities }: UpstreamPageDependencies,
  { user }: SignedIn,
  identity: ProvenIdentity,
): Promise<ProblemName | undefined> {
  const outcome = await identities.link(user, identity);
  return outcome.ok ? undefined : linkProblems[outcome.reason];
}

async function reauthenticate(
  { identities, reauthentication }: UpstreamPageDependencies,
  { user, sessionUid }: SignedIn,
  identity: ProvenIdentity,
): Promise<ProblemName | undefined> {
  if (!(await identities.isOf(user.id, identity))) return 'with-other';
  await reauthentication.note(sessionUid, ['fed']);
  return undefined;
}

/** The request is unknown, expired or from another browser, so its start page is unknown. */
function startOver({ site, identities }: UpstreamPageDependencies, ctx: Context): void {
  identities.countRefusedSignIn();
  site.redirect(ctx, '/auth/sign-in?problem=with-expired');
}

async function handleCallback(dependencies: UpstreamPageDependencies, ctx: Context): Promise<void> {
  const { providerButtons, upstreamRequests } = dependencies;
  const client = requireProvider(dependencies, ctx);
  const { state: given } = ctx.query;
  const state = typeof given === 'string' ? given : '';
  const browser = providerButtons.knownBrowser(ctx) ?? '';
  const ended = await upstreamRequests.end(state, client.provider.id, browser);
  const { upstreamRequest, isFirst } = ended;
  if (!upstreamRequest) return startOver(dependencies, ctx);
  const { purpose, maxAgeSeconds } = upstreamRequest;
  if (!isFirst) return goBack(dependencies, ctx, purpose, 'with-expired');
  const outcome = await client.finish(ctx.search, { ...upstreamRequest, state });
  if (!outcome.ok) return goBack(dependencies, ctx, purpose, upstreamProblems[outcome.reason]);
  if (maxAgeSeconds === undefined && isPast(dependencies, outcome.identity)) {
    return beginRequest(dependencies, ctx, client, { purpose, maxAgeSeconds: 0 });
  }
  return handleIdentity(dependencies, ctx, purpose, outcome.identity);
}

/** Google One Tap posts the ID token together with a CSRF token that it also sets as a cookie. */
async function handleOneTap(dependencies: UpstreamPageDependencies, ctx: Context): Promise<void> {
  const { csrf, providerButtons, upstreamRequests } = dependencies;
  const form = await readForm(ctx);
  const client = requireProvider(dependencies, ctx);
  csrf.requireOwnSite(ctx);
  requireDoubleSubmit(ctx, form);
  if (!client.provider.oneTap)
    throw new AppError('not_found', 'One Tap is not enabled for this provider.');
  const credential = form.get('credential');
  const browser = providerButtons.knownBrowser(ctx) ?? randomToken();
  const nonce = nonceIn(credential);
  const ended = await upstreamRequests.endTap(nonce, client.provider.id, browser);
  const { upstreamRequest, isFirst } = ended;
  if (!upstreamRequest) return startOver(dependencies, ctx);
  const { purpose } = upstreamRequest;
  if (!isFirst) return goBack(dependencies, ctx, purpose, 'with-expired');
  const outcome = await client.take(credential, upstreamRequest);
  if (!outcome.ok) return goBack(dependencies, ctx, purpose, upstreamProblems[outcome.reason]);
  return handleIdentity(dependencies, ctx, purpose, outcome.identity);
}

function requireDoubleSubmit(ctx: Context, form: Form): void {
  const cookie = ctx.cookies.get('g_csrf_token', { signed: false }) ?? '';
  const field = form.get('g_csrf_token');
  if (cookie !== '' && cookie === field) return;
  throw new AppError('cross_site', 'This form came from another site. Please load the page again.');
}

/** Reads the nonce of an unverified token, only to find the request; nothing else is trusted. */
function nonceIn(token: string): string {
  try {
    const [, part = ''] = token.split('.');
    const claims: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    const nonce = typeof claims === 'object' && claims && 'nonce' in claims ? claims.nonce : '';
    return typeof nonce === 'string' ? nonce : '';
  } catch {
    return '';
  }
}

export function addUpstreamCallbackPages(
  router: Router,
  dependencies: UpstreamPageDependencies,
): void {
  router.get('/auth/with/:provider/callback', (ctx) => handleCallback(dependencies, ctx));
  router.post('/auth/with/:provider/one-tap', limit('federation'), (ctx) =>
    handleOneTap(dependencies, ctx),
  );
}
