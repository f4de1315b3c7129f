// statement-issuer list, show, create and delete.
import { UsageError } from '#cli/framework/arguments.ts';
import { alignColumns, describeValues } from '#cli/framework/columns.ts';
import type { Command } from '#cli/framework/command.ts';
import { readJson } from '#cli/framework/json.ts';
import { readLimit } from '#cli/framework/limits.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { presentStatementIssuer } from '#features/client-registration/statements/statement-issuers.ts';
import type { StatementIssuers } from '#features/client-registration/statements/statement-issuers.service.ts';

const defaultLimit = 20;

interface Needs {
  readonly statementIssuers: StatementIssuers;
}

const list: Command<Needs> = {
  name: 'statement-issuer list',
  summary: 'List the trusted issuers of software statements.',
  options: {
    limit: { value: 'N', meaning: `Maximum number; default ${defaultLimit}` },
    after: { value: 'ISSUER', meaning: 'Continue after this issuer' },
  },
  check: (args) => void readLimit(args, defaultLimit),
  async run({ statementIssuers }, args) {
    const after = args.text('after');
    const { items, next } = await statementIssuers.list({
      after: after === undefined ? undefined : [after],
      limit: readLimit(args, defaultLimit),
    });
    const document = items.map(presentStatementIssuer);
    if (items.length === 0) return { document, text: 'No issuers of software statements.\n' };
    const rows = items.map(({ issuer, keys, description }) => [
      issuer,
      'jwksUri' in keys ? keys.jwksUri : `${keys.jwks.keys.length} stored`,
      description ?? '-',
    ]);
    const more = next ? `\nThere are more: add --after ${next[0]}\n` : '';
    return {
      document,
      text: `${alignColumns([['ISSUER', 'KEYS', 'DESCRIPTION'], ...rows])}${more}`,
    };
  },
};

const show: Command<Needs> = {
  name: 'statement-issuer show',
  summary: 'Show a trusted issuer of software statements.',
  operand: 'ISSUER',
  options: {},
  async run({ statementIssuers }, { operand }) {
    const document = presentStatementIssuer(await statementIssuers.find(operand));
    return { document, text: describeValues(document) };
  },
};

const create: Command<Needs> = {
  name: 'statement-issuer create',
  summary: 'Trust an issuer of software statements.',
  operand: 'ISSUER',
  options: {
    'jwks-uri': { value: 'URL', meaning: 'Where its public keys are' },
    jwks: { value: 'FILE|-', meaning: 'Its public keys as a file, or from standard input' },
    description: { value: 'TEXT', meaning: 'Who the issuer is' },
  },
  examples: [
    'statement-issuer create https://statements.example.com --jwks-uri https://statements.example.com/jwks',
  ],
  check(args) {
    if (args.has('jwks-uri') !== args.has('jwks')) return;
    throw new UsageError('Either --jwks-uri or --jwks is required.');
  },
  async run({ statementIssuers }, args, io) {
    const jwks = args.has('jwks')
      ? readJson(await io.file(args.required('jwks')), 'The key set')
      : undefined;
    const trusted = await statementIssuers.trust(
      {
        issuer: args.operand,
        jwksUri: args.text('jwks-uri'),
        jwks,
        description: args.text('description'),
      },
      commandLineActor,
    );
    const document = presentStatementIssuer(trusted);
    return { document, text: `The issuer is trusted.\n\n${describeValues(document)}` };
  },
};

const remove: Command<Needs> = {
  name: 'statement-issuer delete',
  summary: 'Stop trusting an issuer of software statements; its clients stay.',
  operand: 'ISSUER',
  options: {},
  async run({ statementIssuers }, { operand }) {
    await statementIssuers.distrust(operand, commandLineActor);
    const document = { issuer: operand, deleted: true };
    return { document, text: 'The issuer is no longer trusted.\n' };
  },
};

export const statementIssuerCommands = [list, show, create, remove];
