// Examples of the commands about identity providers.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import type { TestApp } from '#test/support/app.ts';
import type { Examples, Shape } from './example.ts';

const by = { kind: 'operator' } as const;

const shown = {
  id: 'text',
  name: 'text',
  issuer: 'text',
  client_id: 'text',
  scopes: ['text'],
  trust_email: null,
  hosted_domain: null,
  one_tap: 'flag',
  signals: 'flag',
  signals_poll_endpoint: null,
  logo: null,
  source: 'text',
  state: 'text',
  enabled: 'flag',
  redirect_uri: 'text',
  created_at: 'text',
  updated_at: 'text',
} satisfies Shape;
const usage = { linked_users: 'number', users_without_other_method: 'number' };

const values = (state: string, rest = '') =>
  String.raw`id +\S+\nname +.+\nissuer +\S+\nclient_id +ostiary\nscopes +email profile\none_tap +false\nsignals +false\nsource +stored\nstate +${state}\nenabled +(?:true|false)\nredirect_uri +\S+/callback\ncreated_at +\S+Z\nupdated_at +\S+Z\n${rest}`;
const next = String.raw`\nRedirect URI to register with the provider:\nhttp\S+/callback\n`;

export const providerExamples: Examples = {
  'provider list': {
    async prepare(app) {
      await create(app);
      return { args: [] };
    },
    text: /^ID +STATE +SOURCE +NAME +ISSUER\n(?:\S+ +(?:active|disabled) +stored +Example Corp +http\S+\n)+$/,
    json: [shown],
  },
  'provider show': {
    prepare: async (app) => ({ args: [await create(app)] }),
    text: new RegExp(
      `^${values('active', String.raw`linked_users +0\nusers_without_other_method +0\n`)}$`,
    ),
    json: { ...shown, ...usage },
  },
  'provider create': {
    prepare: () => {
      const id = nameOne();
      const about = ['--name', 'Example Corp', '--issuer', `https://${id}.example.com`];
      const secret = ['--client-id', 'ostiary', '--client-secret-file', '-'];
      return { args: [id, ...about, ...secret], stdin: 's3cret\n' };
    },
    text: new RegExp(`^The identity provider is added\\.\\n\\n${values('active')}${next}$`),
    json: shown,
  },
  'provider update': {
    prepare: async (app) => ({ args: [await create(app), '--name', 'Corp', '--disable'] }),
    text: new RegExp(`^The identity provider is updated\\.\\n\\n${values('disabled')}${next}$`),
    json: shown,
  },
  'provider test': {
    prepare: async (app) => ({ args: [await create(app, await startIssuer())] }),
    text: /^ok +discovery +.+\nok +endpoints +.+\nok +pkce +.+\nok +scopes +.+\nok +keys +Signing keys were fetched: 1\.\n$/,
    json: { ok: 'flag', checks: [{ name: 'text', ok: 'flag', detail: 'text' }] },
  },
  'provider delete': {
    prepare: async (app) => ({ args: [await create(app), '--yes'] }),
    text: /^The identity provider is deleted\.\nLinked users: 0; without another way to sign in: 0 .+\n$/,
    json: { id: 'text', deleted: 'flag', ...usage },
  },
};

function nameOne(): string {
  return `corp-${randomBytes(4).toString('hex')}`;
}

/** Deletes the earlier ones, because there may be twenty only. */
async function create(app: TestApp, address?: string): Promise<string> {
  const { identityProviders } = app.services;
  for (const { id } of await identityProviders.list()) await identityProviders.remove(id, { by });
  const id = nameOne();
  const issuer = address ?? `https://${id}.example.com`;
  const entry = { id, name: 'Example Corp', issuer, client_id: 'ostiary' };
  const secret = { client_secret: 's3cret' };
  return (await identityProviders.create({ entry, secret, enabled: true }, by)).id;
}

/** Describes itself until the process ends. */
async function startIssuer(): Promise<string> {
  const server = createServer((req, res) => {
    const { port } = server.address() as AddressInfo; // A TCP server has an AddressInfo.
    const issuer = `http://127.0.0.1:${port}`;
    const metadata = {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
    };
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify(req.url === '/keys' ? { keys: [{ kty: 'RSA' }] } : metadata));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const { port } = server.address() as AddressInfo; // A TCP server has an AddressInfo.
  return `http://127.0.0.1:${port}`;
}
