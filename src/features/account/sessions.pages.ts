// The page that lists the sessions of the user, each with device and country, and ends them one by
// one or all but the current one.
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import type { SitePages } from '#http/site-pages.ts';
import type { Locale } from '#http/i18n/locales.ts';
import { showCountry } from '#http/i18n/countries.ts';
import { showTime, type ShownTime } from '#http/i18n/times.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { SessionList, ShownSession } from '#core/sessions/session-list.service.ts';
import type { SessionGuard } from './account-session.pages.ts';
import { defineView } from '#http/rendering/view.ts';

export interface AccountSessionsLocals {
  readonly sessions: readonly {
    readonly device?: string | undefined;
    readonly country?: string | undefined;
    readonly address?: string | undefined;
    readonly apps: readonly string[];
    readonly firstUsed: ShownTime;
    readonly lastUsed: ShownTime;
    readonly isCurrent: boolean;
    readonly endAction: string;
  }[];
  readonly formToken: string;
  readonly endOthersAction?: string | undefined;
  readonly accountHref: string;
}

export const accountSessionsView = defineView<AccountSessionsLocals>('account/account-sessions');

export interface SessionPageDependencies {
  readonly site: SitePages;
  readonly guard: SessionGuard;
  readonly sessionList: SessionList;
  readonly blocking: Blocking;
  readonly now: () => Date;
}

const path = '/auth/account/sessions';
/** Cap on the list, newest first; a user hardly ever has more sessions. */
const maxShown = 100;

export function addSessionPages(router: Router, dependencies: SessionPageDependencies): void {
  const { site, guard, sessionList, blocking, now } = dependencies;

  function present(session: ShownSession, currentUid: string, locale: Locale) {
    const { uid, deviceName, address, country, apps, createdAt, lastUsedAt } = session;
    return {
      device: deviceName,
      country: showCountry(country, locale),
      address,
      apps: apps.map(({ name }) => name),
      firstUsed: showTime(createdAt, now(), locale),
      lastUsed: showTime(lastUsedAt, now(), locale),
      isCurrent: uid === currentUid,
      endAction: site.address(`${path}/${encodeURIComponent(uid)}/end`),
    };
  }

  router.get(
    path,
    guard.shows(async (ctx, { user, sessionUid, locale }) => {
      const page = { after: undefined, limit: maxShown };
      const { items } = await sessionList.list(user.id, page);
      const shown = items.map((session) => present(session, sessionUid, locale));
      site.render(ctx, accountSessionsView, {
        // The current session comes first because users look for it.
        sessions: shown.toSorted((a, b) => Number(b.isCurrent) - Number(a.isCurrent)),
        formToken: site.formToken(ctx),
        endOthersAction: shown.length > 1 ? site.address(`${path}/end-others`) : undefined,
        accountHref: site.address('/auth/account'),
      });
    }),
  );

  router.post(
    `${path}/end-others`,
    unlimited('signedIn'),
    guard.takes(async (ctx, { user, sessionUid, actor }) => {
      await blocking.endSessionsOf(user.id, actor, sessionUid);
      site.redirect(ctx, path);
    }),
  );

  router.post(
    `${path}/:uid/end`,
    unlimited('signedIn'),
    guard.takes(async (ctx, { user, actor }) => {
      await blocking.endSession(String(ctx.params['uid']), actor, 'session.ended', user.id);
      site.redirect(ctx, path);
    }),
  );
}
