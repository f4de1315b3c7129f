// How the activity page sorts events of the audit log: by subject for the filter, with an icon, and
// as a warning if an attacker may have caused it.
import type { IconName } from '#http/rendering/page-frame.ts';

export const activityFilters = ['all', 'sign-ins', 'apps', 'changes', 'problems'] as const;
export type ActivityFilter = (typeof activityFilters)[number];

export interface ActivityKind {
  readonly subject: 'sign-ins' | 'apps' | 'changes';
  readonly icon: IconName;
  /** True for refused attempts, and for signs of misuse. */
  readonly isWarning: boolean;
}

/** By the part of the event name before the full stop. */
const subjects: ReadonlyMap<string, readonly [ActivityKind['subject'], IconName]> = new Map([
  ['sign_in', ['sign-ins', 'sign-in']],
  ['sign_in_mail', ['sign-ins', 'email']],
  ['device', ['sign-ins', 'devices']],
  ['device_code', ['sign-ins', 'devices']],
  ['backchannel_request', ['apps', 'app']],
  ['session', ['sign-ins', 'sign-out']],
  ['impersonation', ['sign-ins', 'shield']],
  ['consent', ['apps', 'app']],
  ['grant', ['apps', 'app']],
  ['refresh_token', ['apps', 'app']],
  ['authorization_code', ['apps', 'app']],
  ['token', ['apps', 'app']],
  ['password', ['changes', 'password']],
  ['recovery', ['changes', 'password']],
  ['passkey', ['changes', 'passkey']],
  ['factor', ['changes', 'shield']],
  ['recovery_code', ['changes', 'shield']],
  ['recovery_codes', ['changes', 'shield']],
  ['identity', ['changes', 'link']],
  ['email', ['changes', 'email']],
  ['export', ['changes', 'download']],
  ['deletion', ['changes', 'delete']],
  ['supplement', ['changes', 'details']],
]);

const warnings: ReadonlySet<string> = new Set([
  'sign_in.refused',
  'sign_in.throttled',
  'factor.refused',
  'passkey.cloned',
  'device.disowned',
  'refresh_token.reused',
  'authorization_code.replayed',
  'user.blocked',
]);

export function kindOfActivity(event: string): ActivityKind {
  const [subject, icon] = subjects.get(event.split('.')[0] ?? '') ?? ['changes', 'profile'];
  const isWarning = warnings.has(event);
  return { subject, icon: isWarning ? 'warning' : icon, isWarning };
}

/** Reads the `show` parameter; an unknown value shows everything. */
export function readActivityFilter(value: unknown): ActivityFilter {
  return activityFilters.find((filter) => filter === value) ?? 'all';
}

export function isShown({ subject, isWarning }: ActivityKind, filter: ActivityFilter): boolean {
  if (filter === 'all') return true;
  return filter === 'problems' ? isWarning : filter === subject;
}
