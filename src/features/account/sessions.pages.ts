// The page that lists the sessions of the user by browser, each with country and times, and ends
// them one by one or all but the current one.
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import type { SitePages } from '#http/site-pages.ts';
import { createTranslator } from '#http/i18n/locales.ts';
import { showCountry } from '#http/i18n/countries.ts';
import { showDevice } from '#http/i18n/devices.ts';
import { showExactTime, type ExactTime } from '#http/i18n/times.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { SessionList, ShownSession } from '#core/sessions/session-list.service.ts';
import { describeDevice, kindOfDevice, type DeviceKind } from '#platform/request/device-names.ts';
import type { TrustedDevice } from '#features/trusted-devices/trusted-devices.store.ts';
import type { TrustedDevices } from '#features/trusted-devices/trusted-devices.service.ts';
import type { AccountVisit, SessionGuard } from './account-session.pages.ts';
import { defineAccountView } from '#http/rendering/view.ts';

export interface SessionView {
  /** The id of its button. */
  readonly hook: string;
  readonly country?: string | undefined;
  readonly address?: string | undefined;
  readonly apps: readonly string[];
  /** An administrator is signed in as the user. */
  readonly isSupport?: boolean | undefined;
  /** "signed in 2 hours ago" */
  readonly firstUsed: ExactTime;
  /** "last used 2 hours ago" */
  readonly lastUsed: ExactTime;
  readonly endAction: string;
}

export interface TrustedBrowserView {
  /** The id of its button. */
  readonly hook: string;
  /** Empty if unknown. */
  readonly device: string;
  readonly kind: DeviceKind;
  /** "last used 2 hours ago" */
  readonly lastUsed: ExactTime;
  /** "until March 3, 2026" */
  readonly until: ExactTime;
  readonly endAction: string;
}

/** The sessions of browsers with the same description; the current session has a group of its own. */
export interface BrowserView {
  /** Empty if unknown. */
  readonly device: string;
  readonly kind: DeviceKind;
  readonly isCurrent: boolean;
  readonly sessions: readonly SessionView[];
}

export interface AccountSessionsLocals {
  readonly browsers: readonly BrowserView[];
  readonly formToken: string;
  readonly endOthersAction?: string | undefined;
  /** Browsers in which the second factor is not asked for. */
  readonly trusted: readonly TrustedBrowserView[];
}

export const accountSessionsView = defineAccountView<AccountSessionsLocals>(
  'account/account-sessions',
);

export interface SessionPageDependencies {
  readonly site: SitePages;
  readonly guard: SessionGuard;
  readonly sessionList: SessionList;
  readonly blocking: Blocking;
  readonly trustedDevices: TrustedDevices;
  readonly now: () => Date;
}

const path = '/auth/account/sessions';
/** Maximum length of the list, newest first; users rarely have more sessions. */
const maxShown = 100;

const nowMilliseconds = 60 * 1000;

function placeOf({ country, address }: ShownSession, { locale }: AccountVisit) {
  return { country: showCountry(country, locale), address };
}

/** Groups sessions of the same browser, in the order of the first one. */
function groupSessions(sessions: readonly ShownSession[], currentUid: string) {
  const groups = Map.groupBy(sessions, ({ uid, deviceName = '', deviceKind }) =>
    uid === currentUid ? 'current' : `${deviceKind} ${deviceName}`,
  );
  // The current session comes first because users look for it.
  const keys = [...groups.keys()].toSorted(
    (a, b) => Number(b === 'current') - Number(a === 'current'),
  );
  return keys.map((key) => ({ isCurrent: key === 'current', sessions: groups.get(key) ?? [] }));
}

export function addSessionPages(router: Router, dependencies: SessionPageDependencies): void {
  const { site, guard, sessionList, blocking, trustedDevices, now } = dependencies;

  function say(at: Date, what: 'used' | 'since', { user, locale }: AccountVisit): ExactTime {
    const t = createTranslator(locale);
    const shown = showExactTime(at, now(), locale, user.claims.zoneinfo);
    const isNow = now().getTime() - at.getTime() < nowMilliseconds;
    const words = isNow
      ? t(`account-sessions.${what}.now`)
      : t(`account-sessions.${what}`, { when: shown.words });
    return { ...shown, words };
  }

  function present(session: ShownSession, position: number, visit: AccountVisit): SessionView {
    const { uid, apps, createdAt, lastUsedAt } = session;
    return {
      hook: `end-${position + 1}`,
      ...placeOf(session, visit),
      apps: apps.map(({ name }) => name),
      isSupport: session.impersonatorId !== undefined,
      firstUsed: say(createdAt, 'since', visit),
      lastUsed: say(lastUsedAt, 'used', visit),
      endAction: site.address(`${path}/${encodeURIComponent(uid)}/end`),
    };
  }

  function presentBrowsers(items: readonly ShownSession[], visit: AccountVisit): BrowserView[] {
    const t = createTranslator(visit.locale);
    const groups = groupSessions(items, visit.sessionUid);
    const ordered = groups.flatMap(({ sessions }) => sessions);
    return groups.map(({ isCurrent, sessions }) => ({
      device: showDevice(t, sessions[0]?.deviceName ?? ''),
      kind: sessions[0]?.deviceKind ?? 'program',
      isCurrent,
      sessions: sessions.map((each) => present(each, ordered.indexOf(each), visit)),
    }));
  }

  function presentTrusted(each: TrustedDevice, position: number, visit: AccountVisit) {
    const { locale, user } = visit;
    const until = showExactTime(each.expiresAt, now(), locale, user.claims.zoneinfo);
    const t = createTranslator(locale);
    return {
      hook: `distrust-${position + 1}`,
      device: showDevice(t, describeDevice(each.device ?? '')),
      kind: kindOfDevice(each.device ?? ''),
      lastUsed: say(each.lastUsedAt, 'used', visit),
      until: { ...until, words: t('account-sessions.trusted.until', { when: until.words }) },
      endAction: site.address(`${path}/trusted/${each.id}/end`),
    };
  }

  router.get(
    path,
    guard.shows(async (ctx, visit) => {
      const page = { after: undefined, limit: maxShown };
      const [{ items }, trusted] = await Promise.all([
        sessionList.list(visit.user.id, page),
        trustedDevices.list(visit.user.id),
      ]);
      site.render(ctx, accountSessionsView, {
        browsers: presentBrowsers(items, visit),
        formToken: site.formToken(ctx),
        trusted: trusted.map((each, position) => presentTrusted(each, position, visit)),
        endOthersAction: items.length > 1 ? site.address(`${path}/end-others`) : undefined,
      });
    }),
  );

  router.post(
    `${path}/end-others`,
    unlimited('signedIn'),
    guard.takes(async (ctx, { user, sessionUid, actor }) => {
      await blocking.endSessionsOf(user.id, actor, sessionUid);
      site.notify(ctx, 'account.notice.sessions_ended');
      site.redirect(ctx, path);
    }),
  );

  router.post(
    `${path}/:uid/end`,
    unlimited('signedIn'),
    guard.takes(async (ctx, { user, sessionUid, actor }) => {
      const uid = String(ctx.params['uid']);
      await blocking.endSession(uid, actor, 'session.ended', user.id);
      if (uid !== sessionUid) site.notify(ctx, 'account.notice.session_ended');
      site.redirect(ctx, path);
    }),
  );

  router.post(
    `${path}/trusted/:id/end`,
    unlimited('signedIn'),
    guard.takes(async (ctx, { user, actor }) => {
      await trustedDevices.revoke(user.id, String(ctx.params['id']), actor);
      site.notify(ctx, 'account.notice.distrusted');
      site.redirect(ctx, path);
    }),
  );
}
