// outbox list: mails and calls to apps that have not got through.
import type { DataCommand } from '#commands/context.ts';
import { UsageError } from '#commands/line/arguments.ts';
import type { Arguments } from '#commands/line/command.ts';
import { answerWithItems } from './presentation.ts';

const usualCount = 50;

export const outboxList: DataCommand = {
  name: 'outbox list',
  summary: 'List mails and calls that were not delivered, the newest first.',
  options: {
    dead: { meaning: 'Only those that were given up' },
    limit: { value: 'N', meaning: `How many; ${usualCount} unless said` },
  },
  check: (args) => void readLimit(args),
  async run({ installation: { services } }, args) {
    const wish = { dead: args.has('dead'), limit: readLimit(args) };
    const none = wish.dead ? 'Nothing was given up.' : 'Everything was delivered.';
    return answerWithItems(await services.deadLetters.list(wish), none);
  },
};

function readLimit(args: Arguments): number {
  const text = args.text('limit');
  if (text === undefined) return usualCount;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new UsageError('--limit must be a whole number from 1 to 9999.');
}
