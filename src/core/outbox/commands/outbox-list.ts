// outbox list: lists undelivered mail and back-channel logouts.
import type { DataCommand } from '#cli/framework/context.ts';
import { readLimit } from '#cli/framework/limits.ts';
import { answerWithItems } from './format-outbox.ts';

const usualCount = 50;

export const outboxList: DataCommand = {
  name: 'outbox list',
  summary: 'List undelivered mail and back-channel logouts, most recent first.',
  options: {
    dead: { meaning: 'Only those that failed permanently' },
    limit: { value: 'N', meaning: `Maximum number; default ${usualCount}` },
  },
  check: (args) => void readLimit(args, usualCount),
  async run({ installation: { services } }, args) {
    const wish = { dead: args.has('dead'), limit: readLimit(args, usualCount) };
    const none = wish.dead ? 'Nothing was given up.' : 'Everything was delivered.';
    return answerWithItems(await services.deadLetters.list(wish), none);
  },
};
