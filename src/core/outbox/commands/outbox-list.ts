// outbox list: lists undelivered mail and back-channel logouts.
import type { Command } from '#cli/framework/command.ts';
import type { DeadLetters } from '#core/outbox/dead-letters.service.ts';
import { readLimit } from '#cli/framework/limits.ts';
import { answerWithItems } from './format-outbox.ts';

const usualCount = 50;

interface Needs {
  readonly deadLetters: DeadLetters;
}

export const outboxList: Command<Needs> = {
  name: 'outbox list',
  summary: 'List undelivered mail and back-channel logouts, most recent first.',
  options: {
    dead: { meaning: 'Only those that failed permanently' },
    limit: { value: 'N', meaning: `Maximum number; default ${usualCount}` },
  },
  check: (args) => void readLimit(args, usualCount),
  async run({ deadLetters }, args) {
    const wish = { dead: args.has('dead'), limit: readLimit(args, usualCount) };
    const none = wish.dead ? 'Nothing was given up.' : 'Everything was delivered.';
    return answerWithItems(await deadLetters.list(wish), none);
  },
};
