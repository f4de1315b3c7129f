// Examples of the commands about clients and API resources.
import { randomUUID } from 'node:crypto';
import type { TestApp } from '#test/support/app.ts';
import { receipt, receiptText, type Examples, type Invocation } from './example.ts';

/** On a new client with a secret. */
const onClient =
  (...options: readonly string[]) =>
  async (app: TestApp): Promise<Invocation> => ({
    args: [(await app.createClient({ auth: 'client_secret_basic' })).clientId, ...options],
  });

const onResource =
  (...options: readonly string[]) =>
  async (app: TestApp): Promise<Invocation> => ({
    args: [(await app.createApi({ audience: newAudience() })).audience, ...options],
  });

const newAudience = () => `https://api.example/${randomUUID()}`;

const client = {
  client_id: 'text',
  client_name: 'text',
  redirect_uris: ['text'],
  grant_types: ['text'],
  response_types: ['text'],
  require_pkce: 'flag',
  token_endpoint_auth_method: 'text',
  id_token_signed_response_alg: 'text',
  first_party: 'flag',
  resources: [],
  origin: 'text',
  disabled_at: null,
  created_at: 'text',
  updated_at: 'text',
  violations: [],
};

const resource = {
  audience: 'text',
  scopes: ['text'],
  access_token_format: 'text',
  access_token_seconds: null,
  requires_permission: 'flag',
  revocable: 'flag',
};

export const clientExamples: Examples = {
  'client list': {
    async prepare(app) {
      await app.createClient();
      return { args: ['--limit', '1'] };
    },
    text: /^ID +NAME +STATE +AUTHENTICATION +GRANT TYPES +CREATED\n[\w-]{36} +Tasks +active +none +authorization_code refresh_token +\d{4}-\d\d-\d\d\n/,
    json: [client],
  },
  'client show': {
    prepare: onClient(),
    text: /^client_id +[\w-]{36}\nclient_name +Tasks\n(?:\w+ +\S.*\n)+has_secret +true\n$/,
    json: { ...client, has_secret: 'flag' },
  },
  'client check': {
    async prepare(app) {
      const { clientId } = await app.createClient({
        auth: 'client_secret_basic',
        require_pkce: 'off',
      });
      return { args: ['--client', clientId] };
    },
    text: /^[\w-]{36} \(Tasks\), profile oauth2\.1\n  error: require_pkce: .+ Set require_pkce to true or false\. \[RFC 9700 section 2\.1\.1\]\n$/,
    json: [
      {
        client_id: 'text',
        client_name: 'text',
        profile: 'text',
        violations: [
          { member: 'text', rule: 'text', severity: 'text', message: 'text', remedy: 'text' },
        ],
      },
    ],
  },
  'client create': {
    prepare: () => ({
      args: ['--name', 'Notes', '--type', 'web', '--redirect-uri', 'https://notes.example/cb'],
    }),
    text: /^The client is registered\. Its secret is shown only once; keep it\.\n\nclient_id +[\w-]{36}\nclient_secret +[\w-]{43}\n(?:\w+ +\S.*\n)+$/,
    json: { ...client, client_secret: 'text' },
  },
  'client update': {
    prepare: onClient('--name', 'Notes'),
    text: /^The client is updated\. What was issued to it stays valid\.\n\nclient_id +[\w-]{36}\nclient_name +Notes\n(?:\w+ +\S.*\n)+$/,
    json: { ...client, revoked: 'flag' },
  },
  'client rotate-secret': {
    prepare: onClient('--yes'),
    text: /^The new secret of [\w-]{36}, shown only once:\n\n[\w-]{43}\n\nThe previous secret is refused from now on\. Its grants and tokens stay valid\.\n$/,
    json: {
      client_id: 'text',
      client_secret: 'text',
      previous_secret_valid_until: 'text',
      revoked: 'flag',
    },
  },
  'client block': {
    prepare: onClient(),
    text: receiptText('The client is blocked\\.'),
    json: receipt,
  },
  'client unblock': {
    async prepare(app) {
      const { clientId } = await app.createClient();
      await app.services.blocking.blockClient(clientId, { kind: 'operator' });
      return { args: [clientId] };
    },
    text: receiptText('The client is unblocked; its users must sign in again\\.'),
    json: receipt,
  },
  'client delete': {
    prepare: onClient('--yes'),
    text: receiptText('The client is deleted\\.'),
    json: receipt,
  },
  'resource list': {
    async prepare(app) {
      await app.createApi({ audience: newAudience() });
      return { args: [] };
    },
    text: /^AUDIENCE +FORMAT +LIFE +SCOPES\nhttp:\S+\/auth\/api +opaque +- +users:read .*\n(?:https:\S+ +opaque +- +read write\n)+$/,
    json: [resource],
  },
  'resource show': {
    prepare: onResource(),
    text: /^audience +https:\S+\nscopes +read write\naccess_token_format +opaque\nrequires_permission +false\nrevocable +false\n$/,
    json: resource,
  },
  'resource create': {
    prepare: () => ({
      args: ['--audience', newAudience(), '--scopes', 'read write', '--format', 'jwt'],
    }),
    text: /^The API is registered\.\n\naudience +https:\S+\nscopes +read write\naccess_token_format +jwt\nrequires_permission +false\nrevocable +false\n$/,
    json: resource,
  },
  'resource update': {
    prepare: onResource('--scopes', 'read'),
    text: /^The API is updated\.\n\naudience +https:\S+\nscopes +read\naccess_token_format +opaque\nrequires_permission +false\nrevocable +false\n$/,
    json: resource,
  },
  'resource delete': {
    prepare: onResource('--yes'),
    text: /^The API is deleted\. Access tokens issued before stay valid until they expire\.\n$/,
    json: { audience: 'text', deleted: 'flag' },
  },
};
