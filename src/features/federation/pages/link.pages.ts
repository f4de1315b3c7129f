// Links an external identity that was just authenticated to an existing account. The user signs in
// to the account as usual and then has to confirm the link, because another person may have started
// it in this browser.
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import type { InteractionPages } from '#features/interaction/interaction.pages.ts';
import type { OwnPages } from '#http/site-pages.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import type { SignedIn } from '#oidc/sign-in/browser-session.ts';
import type { OpenInteraction } from '#oidc/sign-in/interactions.ts';
import type { Identities } from '#features/federation/identities.service.ts';
import type { KeptIdentity } from '#features/federation/upstream-requests.service.ts';
import { hasSecondFactor } from '#core/sessions/authentication.ts';
import { ownsSecondFactor } from '#features/reauthentication/reauthentication.ts';
import type { User } from '#core/users/users.ts';
import type { ReauthenticationComponent } from '#features/reauthentication/component.pages.ts';
import type { Reauthentication } from '#features/reauthentication/reauthentication.service.ts';
import { own, placeOf, type Place, type Places } from './flow.pages.ts';
import type { LinkMark } from './provider-buttons.pages.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import { defineView } from '#http/rendering/view.ts';

export interface WithLinkLocals {
  readonly action: string;
  readonly formToken: string;
  readonly provider: string;
  /** The account as the provider names it. */
  readonly account?: string | undefined;
  readonly email: string;
  readonly problem?: MessageKey | undefined;
}

export const withLinkView = defineView<WithLinkLocals>('federation/with-link');

export interface LinkPageDependencies {
  readonly own: OwnPages;
  readonly interaction: InteractionPages;
  readonly places: Places;
  readonly linkMark: LinkMark;
  readonly identities: Identities;
  readonly component: ReauthenticationComponent;
  readonly reauthentication: Reauthentication;
}

interface Found {
  readonly place: Place;
  readonly user: User;
  readonly identity: KeptIdentity;
}

const problems = {
  taken: 'with.problem.taken',
  too_many: 'with.problem.many',
  not_proven: 'with.problem.confirm',
} as const;
type Problem = (typeof problems)[keyof typeof problems];

const path = '/auth/interaction/:uid/with/link/confirm';
const ownPath = '/auth/account/linked/new';
const confirmPath = '/auth/account/confirm?back=linked/new';

export function addProviderLinkPages(router: Router, dependencies: LinkPageDependencies): void {
  const { own: pages, interaction, places, linkMark, identities } = dependencies;
  const { component, reauthentication } = dependencies;

  async function begin(ctx: Context, place: Place): Promise<void> {
    if (!(await places.proven(ctx, place))) return places.startAgain(ctx, place);
    linkMark.set(ctx, randomToken());
    return pages.redirect(ctx, `${place.path}?notice=link`);
  }

  /**
   * Returns `undefined` if there is no identity to link, or if the user has not signed in since the
   * identity was authenticated.
   */
  async function pending(
    ctx: Context,
    place: Place,
    user: User | undefined,
    shownAt: number,
  ): Promise<Found | undefined> {
    if (!user || linkMark.read(ctx) === undefined) return undefined;
    const identity = await places.proven(ctx, place);
    if (!identity || shownAt < Math.floor(identity.provenAt.getTime() / 1000)) return undefined;
    return { place, user, identity };
  }

  async function findFor(ctx: Context, open: OpenInteraction): Promise<Found | undefined> {
    const signIn = await interaction.signInOf(open);
    const shownAt = open.engine.result?.login?.ts ?? 0;
    return pending(ctx, placeOf(open), signIn?.user, shownAt);
  }

  function findOwn(ctx: Context, visit: SignedIn): Promise<Found | undefined> {
    return pending(ctx, own, visit.user, visit.signedInAt.getTime() / 1000);
  }

  function show(ctx: Context, { place, user, identity }: Found, problem?: Problem): void {
    const confirm = place.open ? `${place.path}/with/link/confirm` : ownPath;
    const locals = {
      action: pages.address(confirm),
      formToken: places.formToken(ctx, place),
      provider: identities.nameOf(identity.issuer),
      account: identity.email,
      email: user.email,
      problem,
    };
    pages.render(ctx, withLinkView, locals, problem ? 422 : 200);
  }

  /**
   * The recent sign-in suffices as reauthentication, unless the account has a second factor that it
   * did not use.
   */
  async function isEnough({ user }: Found, amr: readonly string[]): Promise<boolean> {
    return hasSecondFactor(amr) || !ownsSecondFactor(await reauthentication.factorsOf(user.id));
  }

  async function isProven(found: Found, visit: SignedIn): Promise<boolean> {
    return (await isEnough(found, visit.amr)) || component.isProven(visit, 'link_identity');
  }

  /** Applies the user's decision. @returns the problem if the identity could not be linked */
  async function settle(
    ctx: Context,
    form: Form,
    found: Found,
    isAllowed: boolean,
  ): Promise<Problem | undefined> {
    linkMark.clear(ctx);
    await places.drop(ctx, found.place);
    if (form.get('decision') !== 'link') return undefined;
    if (!isAllowed) return problems.not_proven;
    const outcome = await identities.link(found.user, found.identity);
    return outcome.ok ? undefined : problems[outcome.reason];
  }

  function leave(ctx: Context, open?: OpenInteraction): void {
    linkMark.clear(ctx);
    if (open) return interaction.resume(ctx, open);
    return pages.redirect(ctx, '/auth/account');
  }

  router.post('/auth/interaction/:uid/with/link', async (ctx) => {
    const { open } = await interaction.openForm(ctx);
    return begin(ctx, placeOf(open));
  });

  router.post('/auth/sign-in/with/link', async (ctx) => {
    await pages.readForm(ctx);
    return begin(ctx, own);
  });

  router.get(path, async (ctx) => {
    const open = await interaction.open(ctx);
    const found = await findFor(ctx, open);
    return found ? show(ctx, found) : leave(ctx, open);
  });

  router.post(path, async (ctx) => {
    const { open, form } = await interaction.openForm(ctx);
    const found = await findFor(ctx, open);
    const amr = open.engine.result?.login?.amr ?? [];
    const problem = found && (await settle(ctx, form, found, await isEnough(found, amr)));
    return found && problem ? show(ctx, found, problem) : leave(ctx, open);
  });

  router.get(ownPath, async (ctx) => {
    const visit = await pages.signedIn(ctx);
    if (!visit) return pages.redirect(ctx, '/auth/sign-in');
    const found = await findOwn(ctx, visit);
    if (!found) return leave(ctx);
    return (await isProven(found, visit)) ? show(ctx, found) : pages.redirect(ctx, confirmPath);
  });

  router.post(ownPath, async (ctx) => {
    const form = await pages.readForm(ctx);
    const visit = await pages.signedIn(ctx);
    if (!visit) return pages.redirect(ctx, '/auth/sign-in');
    const found = await findOwn(ctx, visit);
    if (!found) return leave(ctx);
    if (!(await isProven(found, visit))) return pages.redirect(ctx, confirmPath);
    const problem = await settle(ctx, form, found, true);
    return problem ? show(ctx, found, problem) : pages.redirect(ctx, '/auth/account/linked');
  });
}
