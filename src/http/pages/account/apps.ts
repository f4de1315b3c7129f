// Apps that may do something in a person's name: what each may see, and taking it back.
import type Router from '@koa/router';
import { viewOf } from '#http/pages/interaction.ts';
import type { OwnPages } from '#http/pages/own-pages.ts';
import { describeRequest } from '#http/rendering/consent-words.ts';
import { titlesIn } from '#http/rendering/personal-data/titles.ts';
import { createTranslator, type Locale } from '#http/rendering/locales.ts';
import { showTime } from '#http/rendering/times.ts';
import type { Blocking } from '#services/blocking/blocking.ts';
import type { Supplements } from '#services/personal-data/supplements.ts';
import type { AppAccess, AppAccessStore } from '#stores/tokens/app-access-list.ts';
import type { AccountDoor } from './signed-in.ts';

export interface AppPageDependencies {
  readonly own: OwnPages;
  readonly door: AccountDoor;
  readonly appAccess: AppAccessStore;
  readonly blocking: Blocking;
  readonly supplements: Supplements;
  readonly now: () => Date;
}

const path = '/auth/account/apps';

export function addAppPages(router: Router, dependencies: AppPageDependencies): void {
  const { own, door, appAccess, blocking, supplements, now } = dependencies;

  function present(access: AppAccess, locale: Locale) {
    const { clientId, metadata, since, lastUsedAt } = access;
    return {
      client: viewOf({ clientId, metadata }),
      requests: describeRequest(access, createTranslator(locale), titlesIn(supplements, locale)),
      since: showTime(since, now(), locale),
      lastUsed: showTime(lastUsedAt, now(), locale),
      revokeAction: own.address(`${path}/${encodeURIComponent(clientId)}/revoke`),
    };
  }

  router.get(
    path,
    door.shows(async (ctx, { user, locale }) => {
      const apps = await appAccess.list(user.id, now());
      own.render(ctx, 'account-apps', {
        apps: apps.map((access) => present(access, locale)),
        formToken: own.formToken(ctx),
        accountHref: own.address('/auth/account'),
      });
    }),
  );

  router.post(
    `${path}/:clientId/revoke`,
    door.takes(async (ctx, { user, actor }) => {
      await blocking.revokeApp(user.id, String(ctx.params['clientId']), actor);
      own.redirect(ctx, path);
    }),
  );
}
