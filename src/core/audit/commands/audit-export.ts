// audit export: prints the audit log as JSON lines, to be kept on a system with other
// administrators.
import { auditEvents, type AuditEvent } from '#core/audit/audit.ts';
import { AppError } from '#platform/errors.ts';
import type { Command } from '#cli/framework/command.ts';
import type { AuditExport } from '#core/audit/chain/audit-export.service.ts';
import { isUuid } from '#platform/uuid.ts';
import { UsageError } from '#cli/framework/arguments.ts';
import type { Arguments } from '#cli/framework/command.ts';
import { readInstant } from '#cli/framework/instants.ts';
import { findUser } from '#core/users/commands/format-user.ts';
import type { UserStore } from '#core/users/users.store.ts';

interface Needs {
  readonly auditExport: AuditExport;
  readonly users: UserStore;
}

export const auditExportCommand: Command<Needs> = {
  name: 'audit export',
  summary: 'Print the audit log as JSON lines, followed by the newest signed head.',
  options: {
    from: { value: 'TIME', meaning: 'Events at or after this time' },
    to: { value: 'TIME', meaning: 'Events before this time' },
    user: { value: 'EMAIL|ID', meaning: 'Events about this user, who may be deleted' },
    event: { value: 'NAME', meaning: 'Events with this name, such as user.blocked' },
    'no-personal': { meaning: 'Leave out addresses, devices and names' },
  },
  hasAnswer: false,
  check: (args) => void readOrder(args),
  async run({ auditExport, users }, args, io) {
    const userId = await readUser(users, args.text('user'));
    const order = { ...readOrder(args), userId };
    for await (const lines of auditExport.lines(order)) await io.write(lines);
    return { document: null, text: '' };
  },
};

function readOrder(args: Arguments) {
  return {
    from: readInstant(args, 'from'),
    to: readInstant(args, 'to'),
    event: readEvent(args.text('event')),
    withPersonal: !args.has('no-personal'),
  };
}

function readEvent(name: string | undefined): AuditEvent | undefined {
  const known = auditEvents.find((event) => event === name);
  if (known !== undefined || name === undefined) return known;
  throw new UsageError(`--event must be one of ${auditEvents.join(', ')}.`);
}

/** Audit events outlive accounts, so an id is accepted even if the user does not exist. */
async function readUser(users: UserStore, name: string | undefined): Promise<string | undefined> {
  if (name === undefined) return undefined;
  if (isUuid(name)) return name;
  if (name.includes('@')) return (await findUser(users, name)).id;
  throw new AppError('user_not_found', 'There is no account with this email address or id.');
}
