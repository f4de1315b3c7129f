// Starts authorization requests to identity providers and handles their callbacks. The purpose of
// the request decides how the flow continues: with a sign-in, or on the account pages. Every
// failure leads back to the page on which the request started.
import type { ProvenIdentity } from '#core/users/external-identity.ts';
import type Router from '@koa/router';
import { limit } from '#http/rate-limit/route-limit.ts';
import { AppError } from '#platform/errors.ts';
import type { Context } from '#http/context.ts';
import type { Forms } from '#http/csrf.ts';
import { readForm, type Form } from '#http/request/input.ts';
import type { OwnPages, ProblemName } from '#http/site-pages.ts';
import type { SignedIn } from '#oidc/sign-in/browser-session.ts';
import type { Interactions } from '#oidc/sign-in/interactions.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import type { ReauthenticationComponent } from '#features/reauthentication/component.pages.ts';
import { readAccountPage } from '#features/reauthentication/reauthentication.pages.ts';
import type { Reauthentication } from '#features/reauthentication/reauthentication.service.ts';
import type { Identities, LinkFault } from '#features/federation/identities.service.ts';
import { ownsSecondFactor } from '#features/reauthentication/reauthentication.ts';
import type { ProviderClient } from '#features/federation/upstream/provider-client.service.ts';
import type { ProviderFault } from '#features/federation/upstream/provider-errors.service.ts';
import type {
  UpstreamRequests,
  UpstreamPurpose,
} from '#features/federation/upstream-requests.service.ts';
import type { Providers } from '#features/federation/providers.service.ts';
import { ownPlace, type ProviderButtons } from './provider-buttons.pages.ts';

export interface UpstreamPageDependencies {
  readonly own: OwnPages;
  readonly forms: Forms;
  readonly interactions: Interactions;
  readonly ways: ProviderButtons;
  readonly providers: Providers;
  readonly upstreamRequests: UpstreamRequests;
  readonly identities: Identities;
  readonly reauthentication: Reauthentication;
  readonly component: ReauthenticationComponent;
  readonly sessionMaxSeconds: number;
  readonly now: () => Date;
}

type Place = UpstreamPurpose;

export const upstreamProblems = {
  refused: 'with-failed',
  domain: 'with-domain',
  stale: 'with-stale',
  away: 'with-away',
  denied: 'with-denied',
} as const satisfies Record<ProviderFault, ProblemName>;

export const linkProblems = {
  taken: 'with-taken',
  too_many: 'with-many',
} as const satisfies Record<LinkFault, ProblemName>;

/** The form of an interaction uid of oidc-provider. */
const wellFormedUid = /^[\w-]{1,64}$/;

export function addUpstreamPages(router: Router, dependencies: UpstreamPageDependencies): void {
  const { own, forms, interactions, ways, providers, upstreamRequests } = dependencies;
  const { identities, reauthentication, component, sessionMaxSeconds, now } = dependencies;

  function requireProvider(ctx: Context): ProviderClient {
    const client = providers.find(String(ctx['params'].provider));
    if (client) return client;
    throw new AppError('not_found', 'Unknown sign-in provider.');
  }

  /** The page on which the request started. */
  function pathOf(purpose: Place): string {
    if (purpose.kind !== 'sign-in') return purpose.back;
    const { interaction } = purpose;
    return interaction === undefined ? '/auth/sign-in' : `/auth/interaction/${interaction}`;
  }

  function goBack(ctx: Context, purpose: Place, problem: ProblemName): void {
    own.redirect(ctx, `${pathOf(purpose)}?problem=${problem}`);
  }

  /** Reads the form of a sign-in button after the CSRF check for its interaction or visitor. */
  async function readOwnForm(ctx: Context): Promise<{ form: Form; interaction?: string }> {
    const form = await readForm(ctx);
    const interaction = form.get('interaction');
    if (interaction === '') {
      forms.requireSameOrigin(ctx, form, forms.visitor(ctx));
      return { form };
    }
    forms.requireSameOrigin(ctx, form, wellFormedUid.test(interaction) ? interaction : '');
    return { form, interaction };
  }

  interface Start {
    readonly purpose: UpstreamPurpose;
    readonly maxAgeSeconds?: number | undefined;
    readonly loginHint?: string | undefined;
  }

  async function begin(ctx: Context, client: ProviderClient, start: Start): Promise<void> {
    const { purpose, maxAgeSeconds, loginHint } = start;
    const { id: providerId } = client.provider;
    const upstreamRequest = { providerId, purpose, maxAgeSeconds };
    const begun = await upstreamRequests.begin(upstreamRequest, ways.browser(ctx));
    const url = await client.begin({ ...begun, loginHint, locale: ctx.state.locale });
    if (!url) return goBack(ctx, purpose, 'with-away');
    ctx.status = 303;
    ctx.redirect(url.href);
    return undefined;
  }

  /** A signed-in user links an identity or reauthenticates. */
  async function beginForAccount(ctx: Context, client: ProviderClient, form: Form): Promise<void> {
    const visit = await own.signedIn(ctx);
    if (!visit) return own.redirect(ctx, '/auth/sign-in');
    const page = readAccountPage(form.get('back')) ?? 'linked';
    const back = `/auth/account/${page}`;
    const { sessionUid, user } = visit;
    if (form.get('purpose') === 'link') {
      if (!(await component.isProven(visit, 'link_identity'))) return own.redirect(ctx, back);
      return begin(ctx, client, { purpose: { kind: 'link', sessionUid, back } });
    }
    // A provider counts as one factor, so it cannot reauthenticate a user who has a second factor.
    if (ownsSecondFactor(await reauthentication.factorsOf(user.id))) return own.redirect(ctx, back);
    const { issuer } = client.provider;
    const known = (await identities.list(user.id)).find((each) => each.issuer === issuer);
    const purpose = { kind: 'confirm', sessionUid, back } as const;
    return begin(ctx, client, { purpose, maxAgeSeconds: 0, loginHint: known?.email });
  }

  router.post('/auth/with/:provider', limit('federation'), async (ctx) => {
    const { form, interaction } = await readOwnForm(ctx);
    const client = requireProvider(ctx);
    if (form.get('purpose') !== '') return beginForAccount(ctx, client, form);
    const wishes = interaction === undefined ? undefined : await interactions.wishes(interaction);
    return begin(ctx, client, { ...wishes, purpose: { kind: 'sign-in', interaction } });
  });

  /** True if the authentication is older than half the maximum lifetime of a session. */
  function isPast({ at }: ProvenIdentity): boolean {
    return now().getTime() - at.getTime() > (sessionMaxSeconds * 1000) / 2;
  }

  async function isSame(ctx: Context, sessionUid: string): Promise<SignedIn | undefined> {
    const visit = await own.signedIn(ctx);
    return visit?.sessionUid === sessionUid ? visit : undefined;
  }

  async function arrive(ctx: Context, purpose: UpstreamPurpose, identity: ProvenIdentity) {
    if (purpose.kind === 'sign-in') {
      const { interaction } = purpose;
      await upstreamRequests.keepProven(identity, ways.browser(ctx), interaction ?? ownPlace);
      const path = interaction === undefined ? '/auth/sign-in' : `/auth/interaction/${interaction}`;
      return own.redirect(ctx, `${path}/with`);
    }
    const visit = await isSame(ctx, purpose.sessionUid);
    if (!visit) return own.redirect(ctx, '/auth/sign-in');
    if (purpose.kind === 'link') {
      const outcome = await identities.link(visit.user, identity);
      if (!outcome.ok) return goBack(ctx, purpose, linkProblems[outcome.reason]);
      return own.redirect(ctx, purpose.back);
    }
    if (!(await identities.isOf(visit.user.id, identity))) {
      return goBack(ctx, purpose, 'with-other');
    }
    await reauthentication.note(visit.sessionUid, ['fed']);
    return own.redirect(ctx, purpose.back);
  }

  router.get('/auth/with/:provider/callback', async (ctx) => {
    const client = requireProvider(ctx);
    const { state } = ctx.query;
    const text = typeof state === 'string' ? state : '';
    const browser = ways.knownBrowser(ctx) ?? '';
    const { upstreamRequest, isFirst } = await upstreamRequests.end(
      text,
      client.provider.id,
      browser,
    );
    // The request is unknown, expired or from another browser, so its start page is unknown.
    if (!upstreamRequest) return own.redirect(ctx, '/auth/sign-in?problem=with-expired');
    if (!isFirst) return goBack(ctx, upstreamRequest.purpose, 'with-expired');
    const outcome = await client.finish(ctx.search, { ...upstreamRequest, state: text });
    if (!outcome.ok) return goBack(ctx, upstreamRequest.purpose, upstreamProblems[outcome.reason]);
    if (upstreamRequest.maxAgeSeconds === undefined && isPast(outcome.identity)) {
      return begin(ctx, client, { purpose: upstreamRequest.purpose, maxAgeSeconds: 0 });
    }
    return arrive(ctx, upstreamRequest.purpose, outcome.identity);
  });

  // Google One Tap posts the ID token together with a CSRF token that it also sets as a cookie.
  router.post('/auth/with/:provider/one-tap', limit('federation'), async (ctx) => {
    const form = await readForm(ctx);
    const client = requireProvider(ctx);
    forms.requireOwnSite(ctx);
    requireDoubleSubmit(ctx, form);
    if (!client.provider.oneTap)
      throw new AppError('not_found', 'One Tap is not enabled for this provider.');
    const credential = form.get('credential');
    const browser = ways.knownBrowser(ctx) ?? randomToken();
    const nonce = nonceIn(credential);
    const { upstreamRequest, isFirst } = await upstreamRequests.endTap(
      nonce,
      client.provider.id,
      browser,
    );
    if (!upstreamRequest) return own.redirect(ctx, '/auth/sign-in?problem=with-expired');
    if (!isFirst) return goBack(ctx, upstreamRequest.purpose, 'with-expired');
    const outcome = await client.take(credential, upstreamRequest);
    if (!outcome.ok) return goBack(ctx, upstreamRequest.purpose, upstreamProblems[outcome.reason]);
    return arrive(ctx, upstreamRequest.purpose, outcome.identity);
  });
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
