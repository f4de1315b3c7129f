// Links an external identity that was just authenticated to an existing account. The user signs in to the
// account as usual and then confirms the link, because another person may have started it in this browser.
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { PendingIdentity } from '#core/users/external-identity.ts';
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import type { InteractionPages } from '#features/interaction/interaction.pages.ts';
import {
  createSignInContexts,
  type SignInContext,
} from '#features/interaction/sign-in-context.pages.ts';
import type { SitePages } from '#http/site-pages.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import type { SignedIn } from '#oidc/sign-in/browser-session.ts';
import type { Identities } from '#features/federation/identities.service.ts';
import { hasSecondFactor } from '#core/sessions/authentication.ts';
import type { User } from '#core/users/users.ts';
import type {
  ReauthenticationGate,
  ReauthenticationRecords,
} from '#http/reauthentication/reauthentication-gate.ts';
import { startAgain, type ProvenIdentities } from './proven-identity.pages.ts';
import type { LinkCookie } from './provider-buttons.pages.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import type { ProviderImage } from '#http/rendering/provider-choice.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import { defineView } from '#http/rendering/view.ts';

export interface WithLinkLocals {
  readonly action: string;
  readonly formToken: string;
  readonly provider: string;
  readonly logo: ProviderImage;
  readonly client?: ClientView | undefined;
  /** The account as the provider names it. */
  readonly account?: string | undefined;
  readonly email: string;
  readonly problem?: MessageKey | undefined;
}

export const withLinkView = defineView<WithLinkLocals>('federation/with-link');

export interface LinkPageDependencies {
  readonly site: SitePages;
  readonly interaction: InteractionPages;
  readonly provenIdentities: ProvenIdentities;
  readonly linkCookie: LinkCookie;
  readonly identities: Identities;
  readonly component: ReauthenticationGate;
  readonly reauthentication: ReauthenticationRecords;
}

interface Found {
  readonly context: SignInContext;
  readonly user: User;
  readonly identity: PendingIdentity;
}

const problems = {
  taken: 'with.problem.taken',
  too_many: 'with.problem.many',
  not_proven: 'with.problem.confirm',
} as const;
type Problem = (typeof problems)[keyof typeof problems];

const accountPath = '/auth/account/linked/new';
const confirmPath = '/auth/account/confirm?back=linked/new';

/**
 * Returns `undefined` if there is no identity to link, or if the user has not signed in since the
 * identity was authenticated.
 */
async function findPending(
  { linkCookie, provenIdentities }: LinkPageDependencies,
  context: SignInContext,
  user: User | undefined,
  signedInSeconds: number,
): Promise<Found | undefined> {
  if (!user || linkCookie.read(context.ctx) === undefined) return undefined;
  const identity = await provenIdentities.find(context);
  if (!identity) return undefined;
  const isOlder = signedInSeconds < Math.floor(identity.provenAt.getTime() / 1000);
  return isOlder ? undefined : { context, user, identity };
}

async function findInInteraction(
  dependencies: LinkPageDependencies,
  context: SignInContext,
): Promise<Found | undefined> {
  const { open } = context;
  const signIn = open && (await dependencies.interaction.signInOf(open));
  return findPending(
    dependencies,
    context,
    signIn?.user,
    open?.providerInteraction.result?.login?.ts ?? 0,
  );
}

function findInAccount(
  dependencies: LinkPageDependencies,
  context: SignInContext,
  { user, signedInAt }: SignedIn,
): Promise<Found | undefined> {
  return findPending(dependencies, context, user, signedInAt.getTime() / 1000);
}

function show(
  { site, identities, provenIdentities }: LinkPageDependencies,
  { context, user, identity }: Found,
  problem?: Problem,
): void {
  const { open, ctx } = context;
  const locals = {
    action: open ? context.url('with/link/confirm') : site.address(accountPath),
    formToken: context.formToken(),
    provider: identities.nameOf(identity.issuer),
    logo: provenIdentities.logoOf(identity),
    client: context.client,
    account: identity.email,
    email: user.email,
    problem,
  };
  site.render(ctx, withLinkView, locals, problem ? 422 : 200);
}

/**
 * The recent sign-in suffices as reauthentication, unless the account has a second factor that it
 * did not use.
 */
async function isEnough(
  { reauthentication }: LinkPageDependencies,
  { user }: Found,
  amr: readonly string[],
): Promise<boolean> {
  return hasSecondFactor(amr) || !(await reauthentication.ownsSecondFactor(user.id));
}

async function isProven(
  dependencies: LinkPageDependencies,
  found: Found,
  visit: SignedIn,
): Promise<boolean> {
  if (await isEnough(dependencies, found, visit.amr)) return true;
  return dependencies.component.isProven(visit, 'link_identity');
}

/** Applies the user's decision. @returns the problem if the identity could not be linked */
async function settle(
  { linkCookie, provenIdentities, identities }: LinkPageDependencies,
  form: Form,
  { context, user, identity }: Found,
  isAllowed: boolean,
): Promise<Problem | undefined> {
  linkCookie.clear(context.ctx);
  await provenIdentities.drop(context);
  if (form.get('decision') !== 'link') return undefined;
  if (!isAllowed) return problems.not_proven;
  const outcome = await identities.link(user, identity);
  return outcome.ok ? undefined : problems[outcome.reason];
}

function leave(
  { linkCookie, interaction, site }: LinkPageDependencies,
  { ctx, open }: SignInContext,
): void {
  linkCookie.clear(ctx);
  if (open) return interaction.resume(ctx, open);
  return site.redirect(ctx, '/auth/account');
}

export function addProviderLinkPages(router: Router, dependencies: LinkPageDependencies): void {
  const { site, provenIdentities, linkCookie } = dependencies;
  const contexts = createSignInContexts(dependencies);

  async function begin(ctx: Context): Promise<void> {
    const { context } = await contexts.openForm(ctx);
    if (!(await provenIdentities.find(context))) return startAgain(context);
    linkCookie.set(ctx, randomToken());
    return context.redirect('', '?notice=link');
  }

  router.post('/auth/interaction/:uid/with/link', unlimited('limitedSignIn'), begin);
  router.post('/auth/sign-in/with/link', unlimited('limitedSignIn'), begin);

  router.get('/auth/interaction/:uid/with/link/confirm', async (ctx) => {
    const context = await contexts.open(ctx);
    const found = await findInInteraction(dependencies, context);
    return found ? show(dependencies, found) : leave(dependencies, context);
  });

  router.post('/auth/interaction/:uid/with/link/confirm', unlimited('signedIn'), async (ctx) => {
    const { context, form } = await contexts.openForm(ctx);
    const found = await findInInteraction(dependencies, context);
    if (!found) return leave(dependencies, context);
    const amr = context.open?.providerInteraction.result?.login?.amr ?? [];
    const isAllowed = await isEnough(dependencies, found, amr);
    const problem = await settle(dependencies, form, found, isAllowed);
    return problem ? show(dependencies, found, problem) : leave(dependencies, context);
  });

  router.get(accountPath, async (ctx) => {
    const visit = await site.signedIn(ctx);
    if (!visit) return site.redirect(ctx, '/auth/sign-in');
    const context = await contexts.open(ctx);
    const found = await findInAccount(dependencies, context, visit);
    if (!found) return leave(dependencies, context);
    if (await isProven(dependencies, found, visit)) return show(dependencies, found);
    return site.redirect(ctx, confirmPath);
  });

  router.post(accountPath, unlimited('signedIn'), async (ctx) => {
    const { context, form } = await contexts.openForm(ctx);
    const visit = await site.signedIn(ctx);
    if (!visit) return site.redirect(ctx, '/auth/sign-in');
    const found = await findInAccount(dependencies, context, visit);
    if (!found) return leave(dependencies, context);
    if (!(await isProven(dependencies, found, visit))) return site.redirect(ctx, confirmPath);
    const problem = await settle(dependencies, form, found, true);
    if (problem) return show(dependencies, found, problem);
    if (form.get('decision') === 'link') site.notify(ctx, 'account.notice.linked');
    // The account overview, because the list of linked accounts would ask for the password again.
    return site.redirect(ctx, '/auth/account');
  });
}
