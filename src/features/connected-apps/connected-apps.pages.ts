// The page that lists the clients with access to the user's account and what each may access, and lets the
// user revoke it.
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import { viewOf } from '#features/interaction/registered-client.pages.ts';
import type { SitePages } from '#http/site-pages.ts';
import { describeRequest, type RequestLine } from '#http/rendering/scope-descriptions.ts';
import { titlesIn } from '#features/custom-attributes/titles.pages.ts';
import { createTranslator, type Locale } from '#http/i18n/locales.ts';
import { showTime, type ShownTime } from '#http/i18n/times.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { CustomAttributes } from '#features/custom-attributes/custom-attributes.service.ts';
import type { AppAccess, AppAccessStore } from './connected-apps.store.ts';
import type { SessionGuard } from '#features/account/account-session.pages.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import { defineAccountView } from '#http/rendering/view.ts';

export interface AccountAppsLocals {
  readonly apps: readonly {
    readonly client: ClientView;
    readonly requests: readonly RequestLine[];
    readonly since: ShownTime;
    readonly lastUsed: ShownTime;
    readonly revokeAction: string;
  }[];
  readonly formToken: string;
}

export const accountAppsView = defineAccountView<AccountAppsLocals>('connected-apps/account-apps');

export interface AppPageDependencies {
  readonly site: SitePages;
  readonly guard: SessionGuard;
  readonly appAccess: AppAccessStore;
  readonly blocking: Blocking;
  readonly supplements: CustomAttributes;
  readonly now: () => Date;
}

const path = '/auth/account/apps';

export function addAppPages(router: Router, dependencies: AppPageDependencies): void {
  const { site, guard, appAccess, blocking, supplements, now } = dependencies;

  function present(access: AppAccess, locale: Locale) {
    const { clientId, metadata, since, lastUsedAt } = access;
    return {
      client: viewOf({ clientId, metadata }),
      requests: describeRequest(access, createTranslator(locale), titlesIn(supplements, locale)),
      since: showTime(since, now(), locale),
      lastUsed: showTime(lastUsedAt, now(), locale),
      revokeAction: site.address(`${path}/${encodeURIComponent(clientId)}/revoke`),
    };
  }

  router.get(
    path,
    guard.shows(async (ctx, { user, locale }) => {
      const apps = await appAccess.list(user.id, now());
      site.render(ctx, accountAppsView, {
        apps: apps.map((access) => present(access, locale)),
        formToken: site.formToken(ctx),
      });
    }),
  );

  router.post(
    `${path}/:clientId/revoke`,
    unlimited('signedIn'),
    guard.takes(async (ctx, { user, actor }) => {
      await blocking.revokeApp(user.id, String(ctx.params['clientId']), actor);
      site.notify(ctx, 'account.notice.app_removed');
      site.redirect(ctx, path);
    }),
  );
}
