// The page that lists the external identities of the user, links another one and unlinks one.
// Changes require reauthentication.
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import { mayUnlink, type Identity } from '#features/federation/identities.ts';
import { AppError } from '#platform/errors.ts';
import type { Context } from '#http/context.ts';
import { confirmFirst } from '#http/reauthentication/confirm-first.ts';
import { problemOf } from '#http/site-pages.ts';
import { showTime, type ShownTime } from '#http/i18n/times.ts';
import type { SitePages } from '#http/site-pages.ts';
import type { ProviderButton, ProviderImage } from '#http/rendering/provider-choice.ts';
import type { ProviderButtons } from './provider-buttons.pages.ts';
import type { Passkeys } from '#features/passkeys/passkeys.service.ts';
import type { Identities } from '#features/federation/identities.service.ts';
import type {
  ReauthenticationProblems,
  ReauthenticationGate,
} from '#http/reauthentication/reauthentication-gate.ts';
import type { SessionGuard, AccountVisit } from '#features/account/account-session.pages.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import { defineAccountView } from '#http/rendering/view.ts';

export interface AccountLinkedLocals {
  readonly identities: readonly {
    readonly hook: string;
    readonly id: string;
    readonly provider: string;
    readonly logo: ProviderImage;
    readonly email?: string | undefined;
    /** False if its provider is no longer configured. */
    readonly works: boolean;
    readonly since: ShownTime;
    readonly lastUsed?: ShownTime | undefined;
  }[];
  readonly email: string;
  readonly formToken: string;
  readonly problems: ReauthenticationProblems;
  readonly trouble?: MessageKey | undefined;
  /** The providers whose accounts can be linked. */
  readonly providers: readonly ProviderButton[];
  /** False if this is the only sign-in method. */
  readonly mayUnlink: boolean;
  readonly unlinkAction?: string | undefined;
  readonly recoverHref?: string | undefined;
}

export const accountLinkedView = defineAccountView<AccountLinkedLocals>(
  'federation/account-linked',
);

export interface LinkedPageDependencies {
  readonly site: SitePages;
  readonly guard: SessionGuard;
  readonly component: ReauthenticationGate;
  readonly identities: Identities;
  readonly passkeys: Passkeys;
  readonly providerButtons: ProviderButtons;
  readonly now: () => Date;
}

const path = '/auth/account/linked';

export function addLinkedPages(router: Router, dependencies: LinkedPageDependencies): void {
  const { site, guard, component, identities, passkeys, providerButtons, now } = dependencies;

  function present(identity: Identity, before: readonly Identity[], { locale }: AccountVisit) {
    const { id, issuer, providerId, email, linkedAt, lastUsedAt } = identity;
    const same = before.filter((each) => each.providerId === providerId).length;
    return {
      hook: same === 0 ? providerId : `${providerId}-${same + 1}`,
      id,
      provider: identities.nameOf(issuer),
      logo: providerButtons.logo(issuer),
      email,
      works: identities.works(issuer),
      since: showTime(linkedAt, now(), locale),
      lastUsed: lastUsedAt && showTime(lastUsedAt, now(), locale),
    };
  }

  async function show(
    ctx: Context,
    visit: AccountVisit,
    problems: ReauthenticationProblems = {},
    status = 200,
  ): Promise<void> {
    const { user } = visit;
    const [list, asked, count] = await Promise.all([
      identities.list(user.id),
      component.ask(visit, 'unlink_identity'),
      passkeys.signInMethods(user.id),
    ]);
    const confirm = confirmFirst(ctx, asked);
    if (confirm) return site.redirect(ctx, confirm);
    const mayRemove = list.some(({ issuer }) => mayUnlink(count, identities.works(issuer)));
    const locals = {
      identities: list.map((each, index) => present(each, list.slice(0, index), visit)),
      email: user.email,
      formToken: site.formToken(ctx),
      problems,
      trouble: problemOf(ctx),
      providers: asked.isProven ? providerButtons.buttons : [],
      mayUnlink: mayRemove,
      unlinkAction: asked.isProven && mayRemove ? site.address(`${path}/unlink`) : undefined,
      recoverHref: count.hasPassword ? undefined : site.address('/auth/recover'),
    };
    site.render(ctx, accountLinkedView, locals, status);
  }

  router.get(
    path,
    guard.shows((ctx, visit) => show(ctx, visit)),
  );

  router.post(
    `${path}/unlink`,
    unlimited('signedIn'),
    guard.takes(async (ctx, visit, form) => {
      if (!(await component.isProven(visit, 'unlink_identity'))) return site.redirect(ctx, path);
      const outcome = await identities.unlink(visit.user, form.get('identity'));
      if (outcome.ok) {
        site.notify(ctx, 'account.notice.unlinked');
        return site.redirect(ctx, path);
      }
      if (outcome.reason === 'unknown') {
        throw new AppError('not_found', 'Linked account not found.');
      }
      return show(ctx, visit, { general: 'account.linked.last' }, 422);
    }),
  );
}
