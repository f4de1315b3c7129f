// outbox list: mails and calls to apps that have not got through.
import type { DataCommand } from '#cli/framework/context.ts';
import { readLimit } from '#cli/framework/limits.ts';
import { answerWithItems } from './format-outbox.ts';

const usualCount = 50;

export const outboxList: DataCommand = {
  name: 'outbox list',
  summary: 'List mails and calls that were not delivered, the newest first.',
  options: {
    dead: { meaning: 'Only those that were given up' },
    limit: { value: 'N', meaning: `How many; ${usualCount} unless said` },
  },
  check: (args) => void readLimit(args, usualCount),
  async run({ installation: { services } }, args) {
    const wish = { dead: args.has('dead'), limit: readLimit(args, usualCount) };
    const none = wish.dead ? 'Nothing was given up.' : 'Everything was delivered.';
    return answerWithItems(await services.deadLetters.list(wish), none);
  },
};
