// initial-access-token list, show, create and revoke.
import { UsageError } from '#cli/framework/arguments.ts';
import { alignColumns, describeValues } from '#cli/framework/columns.ts';
import type { Arguments, Command } from '#cli/framework/command.ts';
import { readLimit } from '#cli/framework/limits.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import {
  defaultTokenSeconds,
  maxTokenSeconds,
  maxTokenUses,
  presentInitialToken,
} from '#features/client-registration/tokens/initial-access-tokens.ts';
import type { InitialAccessTokens } from '#features/client-registration/tokens/initial-access-tokens.service.ts';

const defaultLimit = 20;
const daySeconds = 24 * 60 * 60;

interface Needs {
  readonly initialAccessTokens: InitialAccessTokens;
}

const list: Command<Needs> = {
  name: 'initial-access-token list',
  summary: 'List initial access tokens.',
  options: {
    limit: { value: 'N', meaning: `Maximum number; default ${defaultLimit}` },
    after: { value: 'ID', meaning: 'Continue after this token, the last of the previous list' },
  },
  check: (args) => void readLimit(args, defaultLimit),
  async run({ initialAccessTokens }, args) {
    const after = args.text('after');
    const position = after === undefined ? undefined : [(await initialAccessTokens.find(after)).id];
    const page = { after: position, limit: readLimit(args, defaultLimit) };
    const { items, next } = await initialAccessTokens.list(page);
    const document = items.map(presentInitialToken);
    if (items.length === 0) return { document, text: 'No initial access tokens.\n' };
    const heading = ['ID', 'USES', 'EXPIRES', 'DESCRIPTION'];
    const rows = items.map(({ id, uses, maxUses, expiresAt, description }) => [
      id,
      `${uses} of ${maxUses}`,
      expiresAt.toISOString(),
      description ?? '-',
    ]);
    const more = next ? `\nThere are more: add --after ${next[0]}\n` : '';
    return { document, text: `${alignColumns([heading, ...rows])}${more}` };
  },
};

const show: Command<Needs> = {
  name: 'initial-access-token show',
  summary: 'Show an initial access token without its value.',
  operand: 'ID',
  options: {},
  async run({ initialAccessTokens }, { operand }) {
    const document = presentInitialToken(await initialAccessTokens.find(operand));
    return { document, text: describeValues(document) };
  },
};

const create: Command<Needs> = {
  name: 'initial-access-token create',
  summary: 'Create a token that permits its holder to register clients.',
  options: {
    uses: { value: 'N', meaning: 'How many clients it registers; default 1' },
    days: {
      value: 'N',
      meaning: `Days until it expires; default ${defaultTokenSeconds / daySeconds}`,
    },
    description: { value: 'TEXT', meaning: 'What the token is for' },
  },
  examples: ['initial-access-token create --uses 5 --description "Partner portal"'],
  check: (args) => void readRequest(args),
  async run({ initialAccessTokens }, args) {
    const created = await initialAccessTokens.create(readRequest(args), commandLineActor);
    const shown = presentInitialToken(created);
    return {
      document: { ...shown, token: created.plainToken },
      text: `The token, shown only once:\n\n${created.plainToken}\n\n${describeValues(shown)}`,
    };
  },
};

const revoke: Command<Needs> = {
  name: 'initial-access-token revoke',
  summary: 'Revoke an initial access token; its clients stay.',
  operand: 'ID',
  options: {},
  async run({ initialAccessTokens }, { operand }) {
    const { id } = await initialAccessTokens.find(operand);
    await initialAccessTokens.revoke(id, commandLineActor);
    return { document: { id, revoked: true }, text: 'The initial access token is revoked.\n' };
  },
};

export const initialAccessTokenCommands = [list, show, create, revoke];

/** @throws UsageError */
function readRequest(args: Arguments) {
  const days = readNumber(args, 'days', maxTokenSeconds / daySeconds);
  return {
    description: args.text('description'),
    maxUses: readNumber(args, 'uses', maxTokenUses) ?? 1,
    lifetimeSeconds: days === undefined ? defaultTokenSeconds : days * daySeconds,
  };
}

function readNumber(args: Arguments, option: string, most: number): number | undefined {
  const text = args.text(option);
  if (text === undefined) return undefined;
  const value = /^[1-9]\d{0,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= most) return value;
  throw new UsageError(`--${option} must be a whole number from 1 to ${most}.`);
}
