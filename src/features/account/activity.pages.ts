// The page that lists recent events of the user's account. The entries come from the audit log and
// are described in the user's language.
import type Router from '@koa/router';
import type { SitePages } from '#http/site-pages.ts';
import { createTranslator, isMessageKey } from '#http/i18n/locales.ts';
import { showCountry } from '#http/i18n/countries.ts';
import { showTime, type ShownTime } from '#http/i18n/times.ts';
import { describeDevice } from '#platform/request/device-names.ts';
import { countryOf } from '#platform/request/geoip.ts';
import type { AuditSearch } from '#core/audit/audit-search.service.ts';
import type { FoundAuditEvent } from '#core/audit/audit-search.store.ts';
import type { SessionGuard, AccountVisit } from './account-session.pages.ts';
import { defineView } from '#http/rendering/view.ts';

export interface AccountActivityLocals {
  readonly entries: readonly {
    readonly what: string;
    readonly device?: string | undefined;
    readonly country?: string | undefined;
    readonly address?: string | undefined;
    readonly at: ShownTime;
  }[];
  readonly accountHref: string;
}

export const accountActivityView = defineView<AccountActivityLocals>('account/account-activity');

export interface ActivityPageDependencies {
  readonly site: SitePages;
  readonly guard: SessionGuard;
  readonly auditSearch: AuditSearch;
  readonly now: () => Date;
}

const maxShown = 50;

export function addActivityPages(router: Router, dependencies: ActivityPageDependencies): void {
  const { site, guard, auditSearch, now } = dependencies;

  /** Returns `undefined` for an event without a translation: it is meant for operators only. */
  function present(event: FoundAuditEvent, { user, locale }: AccountVisit) {
    const key = `activity.${event.event}`;
    if (!isMessageKey(key)) return undefined;
    const t = createTranslator(locale);
    // The address and device of an operator, a client or another user must not be shown.
    const isUser = event.actorKind === 'user' && event.actorId === user.id;
    const isOwn = isUser || event.actorKind === 'anonymous';
    const address = isOwn ? textOf(event.personal?.['address']) : undefined;
    const country = countryOf(address);
    return {
      what: t(key),
      device: isOwn ? describeDevice(textOf(event.personal?.['device']) ?? '') : undefined,
      country: showCountry(country, locale),
      address,
      at: showTime(event.at, now(), locale),
    };
  }

  router.get(
    '/auth/account/activity',
    guard.shows(async (ctx, visit) => {
      const page = { after: undefined, limit: maxShown };
      const { items } = await auditSearch.search({ userId: visit.user.id }, page);
      const shown = items.map((event) => present(event, visit));
      site.render(ctx, accountActivityView, {
        entries: shown.filter((entry) => entry !== undefined),
        accountHref: site.address('/auth/account'),
      });
    }),
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
