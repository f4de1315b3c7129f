// Examples of the commands about initial access tokens and issuers of software statements.
import { randomUUID } from 'node:crypto';
import type { TestApp } from '#test/support/app.ts';
import type { Examples, Shape } from './example.ts';

const by = { kind: 'operator' } as const;
const tokenValues = String.raw`id +[\w-]{36}\nmax_uses +\d+\nuses +0\ncreated_at +\S+Z\nexpires_at +\S+Z\n`;
const issuerValues = String.raw`issuer +\S+\njwks_uri +https:\S+\ncreated_at +\S+Z\n`;

const token = {
  id: 'text',
  description: null,
  max_uses: 'number',
  uses: 'number',
  created_at: 'text',
  expires_at: 'text',
} satisfies Shape;

const issuer = {
  issuer: 'text',
  jwks_uri: 'text',
  jwks: null,
  description: null,
  created_at: 'text',
} satisfies Shape;

export const clientRegistrationExamples: Examples = {
  'initial-access-token list': {
    async prepare(app) {
      await createToken(app);
      return { args: ['--limit', '1'] };
    },
    text: /^ID +USES +EXPIRES +DESCRIPTION\n[\w-]{36} +0 of \d+ +\S+Z +.+\n(?:\nThere are more: add --after [\w-]{36}\n)?$/,
    json: [token],
  },
  'initial-access-token show': {
    prepare: async (app) => ({ args: [await createToken(app)] }),
    text: new RegExp(`^${tokenValues}$`),
    json: token,
  },
  'initial-access-token create': {
    prepare: () => ({ args: ['--uses', '5'] }),
    text: new RegExp(`^The token, shown only once:\\n\\nost_iat_[\\w-]{43}\\n\\n${tokenValues}$`),
    json: { ...token, token: 'text' },
  },
  'initial-access-token revoke': {
    prepare: async (app) => ({ args: [await createToken(app)] }),
    text: /^The initial access token is revoked\.\n$/,
    json: { id: 'text', revoked: 'flag' },
  },
  'statement-issuer list': {
    async prepare(app) {
      await trustIssuer(app);
      return { args: ['--limit', '1'] };
    },
    text: /^ISSUER +KEYS +DESCRIPTION\nhttps:\S+ +https:\S+ +-\n(?:\nThere are more: add --after https:\S+\n)?$/,
    json: [issuer],
  },
  'statement-issuer show': {
    prepare: async (app) => ({ args: [await trustIssuer(app)] }),
    text: new RegExp(`^${issuerValues}$`),
    json: issuer,
  },
  'statement-issuer create': {
    prepare: () => ({ args: [newIssuer(), '--jwks-uri', 'https://statements.example/jwks'] }),
    text: new RegExp(`^The issuer is trusted\\.\\n\\n${issuerValues}$`),
    json: issuer,
  },
  'statement-issuer delete': {
    prepare: async (app) => ({ args: [await trustIssuer(app)] }),
    text: /^The issuer is no longer trusted\.\n$/,
    json: { issuer: 'text', deleted: 'flag' },
  },
};

async function createToken({ services }: TestApp): Promise<string> {
  const requested = { description: undefined, maxUses: 1, lifetimeSeconds: 600 };
  return (await services.initialAccessTokens.create(requested, by)).id;
}

async function trustIssuer({ services }: TestApp): Promise<string> {
  const requested = { issuer: newIssuer(), jwksUri: 'https://statements.example/jwks' };
  return (await services.statementIssuers.trust(requested, by)).issuer;
}

const newIssuer = () => `https://statements.example/${randomUUID()}`;
