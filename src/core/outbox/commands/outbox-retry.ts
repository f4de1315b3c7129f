// outbox retry: retries permanently failed jobs, once the mail server or the client has recovered.
import { AppError } from '#platform/errors.ts';
import type { Command } from '#cli/framework/command.ts';
import type { DeadLetters } from '#core/outbox/dead-letters.service.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { UsageError } from '#cli/framework/arguments.ts';
import { answerWithItems } from './format-outbox.ts';

const everything = 'all';
const form = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Needs {
  readonly deadLetters: DeadLetters;
}

export const outboxRetry: Command<Needs> = {
  name: 'outbox retry',
  summary: 'Retry permanently failed jobs; running servers do so within seconds.',
  operand: 'ID|all',
  options: {},
  check: ({ operand }) => {
    if (operand !== everything && !form.test(operand)) {
      throw new UsageError(`ID must be one that "outbox list" shows, or ${everything}.`);
    }
  },
  async run({ deadLetters }, { operand }) {
    const id = operand === everything ? undefined : operand;
    const revived = await deadLetters.retry(id, commandLineActor);
    if (id && revived.length === 0)
      throw new AppError('not_found', 'No permanently failed job has this id.');
    return answerWithItems(revived, 'There are no permanently failed jobs.');
  },
};
