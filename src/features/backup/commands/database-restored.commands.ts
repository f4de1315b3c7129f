// `database restored`: completes a restoration of PostgreSQL, before the first node starts.
import type { Answer, Command } from '#cli/framework/command.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import type {
  EndedCounts,
  Restoration,
  RestorationReport,
} from '#features/backup/restoration.service.ts';

interface Needs {
  readonly restoration: Restoration;
}

export const databaseRestored: Command<Needs> = {
  name: 'database restored',
  summary: 'Complete a restoration: end everything that was issued before it.',
  options: {
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Sign out all users of all clients, which cannot be undone',
    },
  },
  async run({ restoration }) {
    return describeRestoration(await restoration.finish(commandLineActor));
  },
};

/** A broken audit chain does not prevent the restoration, but the operator must look at it. */
export function describeRestoration({ at, ended, audit }: RestorationReport): Answer {
  const isWhole = audit.faultCount === 0;
  const rows = Object.entries(names).map(
    ([kind, name]) => `${name.padEnd(24)} ${countOf(ended, kind)}`,
  );
  const log = isWhole
    ? `The audit log is intact, with ${audit.entries} entries.`
    : 'The audit log is damaged: run "ostiary audit verify".';
  const mail =
    ended.held_back_mails > 0
      ? ['Mail that may have been sent before: "ostiary outbox list --dead".']
      : [];
  const lines = ['Everything that was issued before has ended.', '', ...rows, '', log, ...mail];
  return {
    document: {
      restored_at: at.toISOString(),
      ended,
      audit: { whole: isWhole, entries: audit.entries, fault_count: audit.faultCount },
    },
    text: `${lines.join('\n')}\n`,
    exitCode: isWhole ? 0 : 5,
  };
}

const names = {
  sessions: 'Sessions',
  grants: 'Grants',
  refresh_families: 'Refresh token families',
  email_tokens: 'Links and codes in mails',
  setup_links: 'Setup links',
  approvals: 'Pending approvals',
  impersonations: 'Impersonations',
  held_back_mails: 'Mails held back',
} as const satisfies Record<keyof EndedCounts, string>;

function countOf(ended: EndedCounts, kind: string): number {
  return new Map(Object.entries(ended)).get(kind) ?? 0;
}
