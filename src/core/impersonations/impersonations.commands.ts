// impersonation list and end. An impersonation starts only in the browser of an administrator.
import { alignColumns } from '#cli/framework/columns.ts';
import type { Command } from '#cli/framework/command.ts';
import { readLimit } from '#cli/framework/limits.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { describeTime } from '#core/sessions/commands/format-session.ts';
import { AppError } from '#platform/errors.ts';
import { isUuid } from '#platform/uuid.ts';
import type { Impersonations } from './impersonations.service.ts';
import { presentImpersonation, type ListedImpersonation } from './impersonations.ts';

const defaultLimit = 50;

interface Needs {
  readonly impersonations: Impersonations;
}

export const impersonationList: Command<Needs> = {
  name: 'impersonation list',
  summary: 'List the administrators who are signed in as a user now.',
  options: { limit: { value: 'N', meaning: `Maximum number; default ${defaultLimit}` } },
  check: (args) => void readLimit(args, defaultLimit),
  async run({ impersonations }, args) {
    const limit = readLimit(args, defaultLimit);
    const { items } = await impersonations.list({ after: undefined, limit });
    const document = items.map(presentImpersonation);
    if (items.length === 0) return { document, text: 'No administrator is signed in as a user.\n' };
    const heading = ['ID', 'ADMINISTRATOR', 'USER', 'ENDS', 'REASON'];
    return { document, text: alignColumns([heading, ...items.map(rowOf)]) };
  },
};

export const impersonationEnd: Command<Needs> = {
  name: 'impersonation end',
  summary: 'End an impersonation, its session and its tokens.',
  operand: 'ID',
  options: {},
  async run({ impersonations }, { operand }) {
    if (!isUuid(operand)) throw new AppError('not_found', 'Impersonation not found.');
    const { id } = await impersonations.end(operand, commandLineActor);
    return { document: { id, ended: true }, text: 'The impersonation has ended.\n' };
  },
};

function rowOf(each: ListedImpersonation): readonly string[] {
  return [
    each.id,
    each.administratorEmail ?? each.administratorId,
    each.userEmail ?? each.userId,
    describeTime(each.endsAt),
    each.reason,
  ];
}
