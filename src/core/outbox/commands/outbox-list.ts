// outbox list: lists undelivered mail and back-channel logouts.
import type { Command } from '#cli/framework/command.ts';
import type { DeadLetters } from '#core/outbox/dead-letters.service.ts';
import { readLimit } from '#cli/framework/limits.ts';
import { answerWithItems } from './format-outbox.ts';

const defaultCount = 50;

interface Needs {
  readonly deadLetters: DeadLetters;
}

export const outboxList: Command<Needs> = {
  name: 'outbox list',
  summary: 'List undelivered mail and back-channel logouts, most recent first.',
  options: {
    dead: { meaning: 'Only those that failed permanently' },
    limit: { value: 'N', meaning: `Maximum number; default ${defaultCount}` },
  },
  check: (args) => void readLimit(args, defaultCount),
  async run({ deadLetters }, args) {
    const filter = { dead: args.has('dead'), limit: readLimit(args, defaultCount) };
    const none = filter.dead
      ? 'There are no permanently failed jobs.'
      : 'There are no undelivered jobs.';
    return answerWithItems(await deadLetters.list(filter), none);
  },
};
