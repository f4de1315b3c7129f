// audit export: prints the audit log as JSON lines, to be kept on a system with other
// administrators.
import type { Command } from '#cli/framework/command.ts';
import type { AuditExport } from '#core/audit/chain/audit-export.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { filterOptions, readFilter, readUser } from './audit-filters.ts';

interface Needs {
  readonly auditExport: AuditExport;
  readonly users: UserStore;
}

export const auditExportCommand: Command<Needs> = {
  name: 'audit export',
  summary: 'Print the audit log as JSON lines, followed by the newest signed head.',
  options: {
    ...filterOptions,
    'no-personal': { meaning: 'Leave out addresses, devices and names' },
  },
  hasAnswer: false,
  check: (args) => void readFilter(args),
  async run({ auditExport, users }, args, io) {
    const userId = await readUser(users, args.text('user'));
    const order = { ...readFilter(args), userId, withPersonal: !args.has('no-personal') };
    for await (const lines of auditExport.lines(order)) await io.write(lines);
    return { document: null, text: '' };
  },
};
