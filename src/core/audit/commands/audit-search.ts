// audit search: lists events of the audit log, most recent first.
import { UsageError } from '#cli/framework/arguments.ts';
import { alignColumns } from '#cli/framework/columns.ts';
import type { Arguments, Command } from '#cli/framework/command.ts';
import { readLimit } from '#cli/framework/limits.ts';
import type { AuditSearch } from '#core/audit/audit-search.service.ts';
import type { FoundAuditEvent } from '#core/audit/audit-search.store.ts';
import { presentEvent } from '#core/audit/present-event.api.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { readPages } from '#platform/paging.ts';
import { filterOptions, readFilter, readUser } from './audit-filters.ts';

const defaultLimit = 50;
const pageSize = 100;

interface Needs {
  readonly auditSearch: AuditSearch;
  readonly users: UserStore;
}

export const auditSearchCommand: Command<Needs> = {
  name: 'audit search',
  summary: 'List events of the audit log, most recent first.',
  options: {
    ...filterOptions,
    client: { value: 'CLIENT_ID', meaning: 'Events about this client, which may be deleted' },
    limit: { value: 'N', meaning: `Maximum number; default ${defaultLimit}` },
  },
  examples: ['audit search --user ann@example.org --event sign_in.refused --from 2026-05-01'],
  check: (args) => void [readFilter(args), readLimit(args, defaultLimit)],
  async run({ auditSearch, users }, args) {
    const userId = await readUser(users, args.text('user'));
    const filter = { ...readFilter(args), userId, clientId: readClient(args) };
    const events = await readPages((page) => auditSearch.search(filter, page), {
      pageSize,
      most: readLimit(args, defaultLimit),
    });
    const document = events.map(presentEvent);
    if (events.length === 0) return { document, text: 'No events.\n' };
    const heading = ['AT', 'EVENT', 'ACTOR', 'USER', 'CLIENT'];
    return { document, text: alignColumns([heading, ...events.map(rowOf)]) };
  },
};

function readClient(args: Arguments): string | undefined {
  const id = args.text('client');
  if (id === '') throw new UsageError('--client must be the id of a client.');
  return id;
}

function rowOf(event: FoundAuditEvent): readonly string[] {
  const actor =
    event.actorId === undefined ? event.actorKind : `${event.actorKind} ${event.actorId}`;
  return [event.at.toISOString(), event.event, actor, event.userId ?? '-', event.clientId ?? '-'];
}
