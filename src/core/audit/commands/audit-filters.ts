// The options of the commands that search and export the audit log.
import { auditEvents, type AuditEvent } from '#core/audit/audit.ts';
import { UsageError } from '#cli/framework/arguments.ts';
import type { Arguments, Options } from '#cli/framework/command.ts';
import { readInstant } from '#cli/framework/instants.ts';
import { findUser } from '#core/users/commands/format-user.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { AppError } from '#platform/errors.ts';
import { isUuid } from '#platform/uuid.ts';

export const filterOptions = {
  from: { value: 'TIME', meaning: 'Events at or after this time' },
  to: { value: 'TIME', meaning: 'Events before this time' },
  user: { value: 'EMAIL|ID', meaning: 'Events about this user, who may be deleted' },
  event: { value: 'NAME', meaning: 'Events with this name, such as user.blocked' },
} as const satisfies Options;

/** @throws UsageError */
export function readFilter(args: Arguments) {
  return {
    from: readInstant(args, 'from'),
    to: readInstant(args, 'to'),
    event: readEvent(args.text('event')),
  };
}

function readEvent(name: string | undefined): AuditEvent | undefined {
  const known = auditEvents.find((event) => event === name);
  if (known !== undefined || name === undefined) return known;
  throw new UsageError(`--event must be one of ${auditEvents.join(', ')}.`);
}

/**
 * Audit events outlive accounts, so an id is accepted even if the user does not exist.
 * @throws AppError `user_not_found`
 */
export async function readUser(
  users: UserStore,
  name: string | undefined,
): Promise<string | undefined> {
  if (name === undefined) return undefined;
  if (isUuid(name)) return name;
  if (name.includes('@')) return (await findUser(users, name)).id;
  throw new AppError('user_not_found', 'There is no account with this email address or id.');
}
