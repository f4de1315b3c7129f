// The rows of the overview: every page of the account with its status in words, and the advice of
// the security check-up.
import { createTranslator, type Locale, type MessageKey } from '#http/i18n/locales.ts';
import { showTime } from '#http/i18n/times.ts';
import type { IconName, NavigationGroup } from '#http/rendering/page-frame.ts';
import type { User } from '#core/users/users.ts';
import type { AccountStatus } from './account-status.store.ts';
import { checkSecurity, type SecurityAdvice } from './security-check.ts';

export type Tone = 'good' | 'warning';

export interface OverviewRow {
  readonly id: string;
  readonly icon: IconName;
  readonly href: string;
  readonly label: string;
  readonly status?: string | undefined;
  readonly tone?: Tone | undefined;
}

export interface OverviewGroup {
  readonly id: string;
  readonly label?: string | undefined;
  readonly rows: readonly OverviewRow[];
}

export interface AdviceLink {
  readonly id: SecurityAdvice;
  readonly label: string;
  /** `undefined` if the overview itself has a form for it. */
  readonly href?: string | undefined;
}

export interface OverviewFacts {
  readonly user: User;
  readonly status: AccountStatus;
  readonly now: Date;
  readonly locale: Locale;
}

interface RowStatus {
  readonly status?: string | undefined;
  readonly tone?: Tone | undefined;
}

function countOf(
  t: ReturnType<typeof createTranslator>,
  key: MessageKey,
  count: number,
): RowStatus {
  return { status: count === 0 ? t('account.status.none') : t(key, { count }) };
}

function personalStatuses({ user, now, locale }: OverviewFacts) {
  const t = createTranslator(locale);
  const { claims, email, emailVerified, deletionDueAt } = user;
  return {
    profile: { status: claims.name },
    email: emailVerified
      ? { status: email }
      : { status: t('account.email.unverified'), tone: 'warning' },
    delete: deletionDueAt
      ? {
          status: t('account.status.deletion', {
            when: showTime(deletionDueAt, now, locale).words,
          }),
          tone: 'warning',
        }
      : {},
  } as const satisfies Readonly<Record<string, RowStatus>>;
}

function securityStatuses({ status, now, locale }: OverviewFacts) {
  const t = createTranslator(locale);
  const { passwordChangedAt, passkeys, hasSecondFactor, linkedAccounts } = status;
  const changed = passwordChangedAt && showTime(passwordChangedAt, now, locale).words;
  return {
    password: {
      status: changed ? t('account.status.password', { when: changed }) : t('account.status.none'),
    },
    passkeys: countOf(t, 'account.status.passkeys', passkeys),
    codes: hasSecondFactor
      ? { status: t('account.status.on'), tone: 'good' }
      : { status: t('account.status.off') },
    linked: countOf(t, 'account.status.linked', linkedAccounts),
    sessions: countOf(t, 'account.status.devices', status.devices),
    apps: countOf(t, 'account.status.apps', status.apps),
    requests: countOf(t, 'account.status.requests', status.waitingRequests),
  } as const satisfies Readonly<Record<string, RowStatus>>;
}

/** The groups of the navigation with their statuses, without the overview itself. */
export function overviewGroups(
  navigation: readonly NavigationGroup[],
  facts: OverviewFacts,
): readonly OverviewGroup[] {
  const statuses = new Map<string, RowStatus>(
    Object.entries({ ...personalStatuses(facts), ...securityStatuses(facts) }),
  );
  return navigation
    .filter(({ label }) => label !== undefined)
    .map(({ id, label, items }) => ({
      id,
      label,
      rows: items.map((item) => ({
        id: item.id,
        icon: item.icon,
        href: item.href,
        label: item.label,
        ...statuses.get(item.id),
      })),
    }));
}

/**
 * The page on which the user can follow each piece of advice; the address is confirmed on the overview
 * itself.
 */
const pageOfAdvice = {
  email: undefined,
  factor: 'passkeys',
  recovery: 'codes',
  passkey: 'passkeys',
} as const satisfies Record<SecurityAdvice, string | undefined>;

export function adviceLinks(
  { user, status, locale }: OverviewFacts,
  address: (path: string) => string,
): readonly AdviceLink[] {
  const t = createTranslator(locale);
  const { emailVerified } = user;
  const { passwordChangedAt, recoveryCodesLeft } = status;
  const hasPassword = passwordChangedAt !== undefined;
  return checkSecurity({ ...status, emailVerified, hasPassword }).map((id) => {
    const page = pageOfAdvice[id];
    return {
      id,
      label: t(`account.check.${id}`, { count: recoveryCodesLeft }),
      href: page && address(`/auth/account/${page}`),
    };
  });
}

/** The link to the requests of apps that wait for an answer (OpenID CIBA). */
export function waitingLink(
  { status: { waitingRequests: count }, locale }: OverviewFacts,
  address: (path: string) => string,
): { readonly label: string; readonly href: string } | undefined {
  if (count === 0) return undefined;
  const label = createTranslator(locale)('account.waiting', { count });
  return { label, href: address('/auth/account/requests') };
}
