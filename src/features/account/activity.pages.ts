// The page that lists recent events of the user's account. The entries come from the audit log and
// are described in the user's language.
import type Router from '@koa/router';
import type { SitePages } from '#http/site-pages.ts';
import type { Locale } from '#http/i18n/languages.ts';
import { createTranslator, isMessageKey, type MessageKey } from '#http/i18n/locales.ts';
import { showCountry } from '#http/i18n/countries.ts';
import { showDevice } from '#http/i18n/devices.ts';
import { showExactTime, type ExactTime } from '#http/i18n/times.ts';
import { describeDevice } from '#platform/request/device-names.ts';
import { countryOf } from '#platform/request/geoip.ts';
import type { AuditSearch } from '#core/audit/audit-search.service.ts';
import type { FoundAuditEvent } from '#core/audit/audit-search.store.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { SessionGuard, AccountVisit } from './account-session.pages.ts';
import { presentClient } from '#http/rendering/client-view.ts';
import type { IconName } from '#http/rendering/page-frame.ts';
import { defineAccountView } from '#http/rendering/view.ts';
import {
  activityFilters,
  isShown,
  kindOfActivity,
  readActivityFilter,
  type ActivityFilter,
} from './activity-events.pages.ts';

export interface AccountActivityLocals {
  /** The pieces of a sentence, some of which are links. */
  readonly lead: readonly { readonly text: string; readonly href?: string | undefined }[];
  readonly filters: readonly {
    readonly label: MessageKey;
    readonly href: string;
    readonly isCurrent: boolean;
  }[];
  readonly entries: readonly {
    readonly what: string;
    readonly icon: IconName;
    readonly isWarning: boolean;
    readonly app?: string | undefined;
    readonly device?: string | undefined;
    readonly country?: string | undefined;
    readonly address?: string | undefined;
    readonly at: ExactTime;
  }[];
}

export const accountActivityView = defineAccountView<AccountActivityLocals>(
  'account/account-activity',
);

export interface ActivityPageDependencies {
  readonly site: SitePages;
  readonly guard: SessionGuard;
  readonly auditSearch: AuditSearch;
  readonly clientStore: ClientStore;
  readonly now: () => Date;
}

const path = '/auth/account/activity';
const maxShown = 50;
/** Number of recent entries that a filter searches. */
const maxSearched = 200;

/** The app is named in the sentence if there is a sentence for that, otherwise next to it. */
function describeEvent(key: MessageKey, locale: Locale, app: string | undefined) {
  const t = createTranslator(locale);
  const whole = `${key}.client`;
  if (app && isMessageKey(whole)) return { what: t(whole, { client: app }), app: undefined };
  return { what: t(key), app };
}

type AppNames = ReadonlyMap<string, string | undefined>;

export function addActivityPages(router: Router, dependencies: ActivityPageDependencies): void {
  const { site, guard, auditSearch, clientStore, now } = dependencies;

  /** Returns `undefined` for an event without a translation: it is meant for operators only. */
  function present(event: FoundAuditEvent, { user, locale }: AccountVisit, names: AppNames) {
    const key = `activity.${event.event}`;
    if (!isMessageKey(key)) return undefined;
    const { icon, isWarning } = kindOfActivity(event.event);
    const { clientId } = event;
    const app = clientId && presentClient({ clientId, clientName: names.get(clientId) }).name;
    return {
      ...describeEvent(key, locale, app),
      icon,
      isWarning,
      ...originOf(event, user.id, locale),
      at: showExactTime(event.at, now(), locale, user.claims.zoneinfo),
    };
  }

  /** Advises what to do about an unrecognized entry, with a link for each step. */
  function leadIn(locale: Locale): AccountActivityLocals['lead'] {
    const t = createTranslator(locale);
    const links = new Map([
      [
        'password',
        { text: t('account-activity.lead.password'), href: site.address('/auth/account/password') },
      ],
      [
        'sessions',
        { text: t('account-activity.lead.sessions'), href: site.address('/auth/account/sessions') },
      ],
    ]);
    // Splitting at the placeholders leaves their names at every other position.
    const pieces = t('account-activity.lead').split(/\{(\w+)\}/);
    return pieces.map((text, position) => (position % 2 === 1 && links.get(text)) || { text });
  }

  function filtersFor(current: ActivityFilter) {
    return activityFilters.map((name) => ({
      label: `account-activity.filter.${name}` as const,
      href: site.address(name === 'all' ? path : `${path}?show=${name}`),
      isCurrent: name === current,
    }));
  }

  router.get(
    path,
    guard.shows(async (ctx, visit) => {
      const filter = readActivityFilter(ctx.query['show']);
      const page = { after: undefined, limit: filter === 'all' ? maxShown : maxSearched };
      const { items } = await auditSearch.search({ userId: visit.user.id }, page);
      const shown = items.filter(({ event }) => isShown(kindOfActivity(event), filter));
      const names = await clientStore.namesOf(clientsOf(shown));
      const entries = shown.map((event) => present(event, visit, names));
      site.render(ctx, accountActivityView, {
        lead: leadIn(visit.locale),
        filters: filtersFor(filter),
        entries: entries.filter((entry) => entry !== undefined).slice(0, maxShown),
      });
    }),
  );
}

/** The address and device of an operator, a client or another user must not be shown. */
function originOf(event: FoundAuditEvent, userId: string, locale: AccountVisit['locale']) {
  const isUser = event.actorKind === 'user' && event.actorId === userId;
  if (!isUser && event.actorKind !== 'anonymous') return {};
  const address = textOf(event.personal?.['address']);
  const device = describeDevice(textOf(event.personal?.['device']) ?? '');
  return {
    device: showDevice(createTranslator(locale), device),
    country: showCountry(countryOf(address), locale),
    address,
  };
}

function clientsOf(events: readonly FoundAuditEvent[]): readonly string[] {
  const ids = events.map(({ clientId }) => clientId).filter((id) => id !== undefined);
  return [...new Set(ids)];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
