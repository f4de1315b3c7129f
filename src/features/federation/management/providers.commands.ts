// provider list, show, create, update, delete and test.
import { UsageError } from '#cli/framework/arguments.ts';
import { alignColumns, describeValues } from '#cli/framework/columns.ts';
import type { Answer, Arguments, Command, Io } from '#cli/framework/command.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import type { IdentityProviders } from '#features/identity-providers/identity-providers.service.ts';
import type {
  ProviderChanges,
  ProviderOptions,
  ProviderSecret,
} from '#features/identity-providers/identity-providers.ts';
import type { ProviderAdministration } from './provider-administration.service.ts';
import type { ShownProvider } from './present-provider.ts';

interface Needs {
  readonly identityProviders: IdentityProviders;
  readonly providerAdministration: ProviderAdministration;
}

const settings = {
  'client-secret-file': {
    value: 'FILE',
    reads: 'file',
    meaning: 'A file with the client secret; - reads standard input',
  },
  'private-key-file': {
    value: 'FILE',
    reads: 'file',
    meaning: 'A file with a private key (JWK or PEM) in place of a secret',
  },
  scope: {
    value: 'SCOPE',
    isRepeatable: true,
    meaning: 'A scope to request; may be given several times. Default: email, profile',
  },
  'trust-email': { meaning: 'An address that the provider declares verified counts as verified' },
  'hosted-domain': { value: 'DOMAIN', meaning: 'Only users of this Google Workspace' },
  'one-tap': { meaning: 'Google One Tap on the sign-in page' },
  signals: { meaning: 'Its Shared Signals end sessions of linked users' },
  'signals-poll-endpoint': {
    value: 'URL',
    meaning: 'Collect its Shared Signals from this address (RFC 8936)',
  },
  logo: { value: 'LOGO', meaning: 'The name of a shipped mark, or an https URL' },
} as const;

export const providerList: Command<Needs> = {
  name: 'provider list',
  aliases: ['providers list'],
  summary: 'List identity providers.',
  options: {},
  async run({ providerAdministration }) {
    const document = await providerAdministration.list();
    if (document.length === 0) return { document, text: 'No identity providers.\n' };
    const heading = ['ID', 'STATE', 'SOURCE', 'NAME', 'ISSUER'];
    const rows = document.map((each) => [each.id, each.state, each.source, each.name, each.issuer]);
    return { document, text: alignColumns([heading, ...rows]) };
  },
};

export const providerShow: Command<Needs> = {
  name: 'provider show',
  aliases: ['providers show'],
  summary: 'Show an identity provider, and how many users depend on it.',
  operand: 'ID',
  options: {},
  async run({ providerAdministration }, { operand }) {
    const shown = await providerAdministration.show(operand);
    const document = { ...shown, ...(await providerAdministration.usage(shown)) };
    return { document, text: describeValues(document) };
  },
};

export const providerCreate: Command<Needs> = {
  name: 'provider create',
  aliases: ['providers create'],
  summary: 'Add an identity provider; users can sign in with it at once.',
  operand: 'ID',
  options: {
    name: { value: 'NAME', isRequired: true, meaning: 'The name that users see' },
    issuer: { value: 'URL', isRequired: true, meaning: 'The issuer, as the provider spells it' },
    'client-id': { value: 'ID', isRequired: true, meaning: 'The client id at the provider' },
    ...settings,
    disabled: { meaning: 'Do not offer it to users yet' },
  },
  examples: [
    'provider create google --name Google --issuer https://accounts.google.com --client-id 1234.apps.googleusercontent.com --client-secret-file secret.txt',
  ],
  check: requireOneSecret,
  async run({ identityProviders, providerAdministration }, args, io) {
    const secret = (await readSecret(args, io)) ?? {};
    const entry = {
      id: args.operand,
      name: args.required('name'),
      issuer: args.required('issuer'),
      client_id: args.required('client-id'),
      ...readOptions(args),
    };
    const enabled = !args.has('disabled');
    const made = await identityProviders.create({ entry, secret, enabled }, commandLineActor);
    return answerWith(providerAdministration.present(made), 'The identity provider is added.');
  },
};

export const providerUpdate: Command<Needs> = {
  name: 'provider update',
  aliases: ['providers update'],
  summary: 'Change, enable or disable an identity provider; the secret is kept.',
  operand: 'ID',
  options: {
    name: { value: 'NAME', meaning: 'The name that users see' },
    'client-id': { value: 'ID', meaning: 'The client id at the provider' },
    ...settings,
    'no-trust-email': { meaning: 'Verify every address by mail' },
    'any-domain': { meaning: 'Users of every domain' },
    'no-one-tap': { meaning: 'No Google One Tap' },
    'no-signals': { meaning: 'Ignore its Shared Signals' },
    'signals-by-push': { meaning: 'It pushes its Shared Signals; do not collect them' },
    enable: { meaning: 'Offer it to users' },
    disable: { meaning: 'Do not offer it: linked accounts cannot sign in with it' },
  },
  check(args) {
    if (Object.keys(readChanges(args)).length > 0 || hasSecret(args)) return;
    throw new UsageError('At least one option is required.');
  },
  async run({ identityProviders, providerAdministration }, args, io) {
    const secret = await readSecret(args, io);
    const changes = { ...readChanges(args), ...(secret ? { secret } : {}) };
    const by = commandLineActor;
    const updated = await identityProviders.update(args.operand, changes, { by });
    return answerWith(providerAdministration.present(updated), 'The identity provider is updated.');
  },
};

export const providerDelete: Command<Needs> = {
  name: 'provider delete',
  aliases: ['provider remove', 'providers delete', 'providers remove'],
  summary: 'Delete an identity provider; accounts stay linked, but cannot sign in with it.',
  operand: 'ID',
  options: {
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Delete it; "provider show" says how many users have no other way to sign in',
    },
  },
  async run({ identityProviders, providerAdministration }, { operand }) {
    const removed = await identityProviders.remove(operand, { by: commandLineActor });
    const usage = await providerAdministration.usage(removed);
    return {
      document: { id: removed.id, deleted: true, ...usage },
      text:
        'The identity provider is deleted.\n' +
        `Linked users: ${usage.linked_users}; without another way to sign in: ` +
        `${usage.users_without_other_method} (they can set a password by mail).\n`,
    };
  },
};

export const providerTest: Command<Needs> = {
  name: 'provider test',
  aliases: ['providers test'],
  summary: 'Fetch the metadata and the keys of an identity provider, and say what is wrong.',
  operand: 'ID',
  options: {},
  async run({ providerAdministration }, { operand }) {
    const report = await providerAdministration.check(operand);
    const rows = report.checks.map(({ name, ok, detail }) => [ok ? 'ok' : 'FAILED', name, detail]);
    return { document: report, text: alignColumns(rows), exitCode: report.ok ? 0 : 1 };
  },
};

function answerWith(document: ShownProvider, sentence: string): Answer {
  const next = `Redirect URI to register with the provider:\n${document.redirect_uri}\n`;
  return { document, text: `${sentence}\n\n${describeValues(document)}\n${next}` };
}

function readOptions(args: Arguments): Partial<ProviderOptions> {
  const scopes = args.list('scope');
  const [domain, logo] = [args.text('hosted-domain'), args.text('logo')];
  const pollEndpoint = args.text('signals-poll-endpoint');
  return {
    ...(scopes.length === 0 ? {} : { scopes }),
    ...(args.has('trust-email') ? { trust_email: true } : {}),
    ...(domain === undefined ? {} : { hosted_domain: domain }),
    ...(args.has('one-tap') ? { one_tap: true } : {}),
    ...(args.has('signals') ? { signals: true } : {}),
    ...(pollEndpoint === undefined ? {} : { signals_poll_endpoint: pollEndpoint }),
    ...(logo === undefined ? {} : { logo }),
  };
}

function readChanges(args: Arguments): ProviderChanges {
  refuseBoth(args, 'enable', 'disable');
  refuseBoth(args, 'trust-email', 'no-trust-email');
  refuseBoth(args, 'hosted-domain', 'any-domain');
  refuseBoth(args, 'one-tap', 'no-one-tap');
  refuseBoth(args, 'signals', 'no-signals');
  refuseBoth(args, 'signals-poll-endpoint', 'signals-by-push');
  const [name, clientId] = [args.text('name'), args.text('client-id')];
  return {
    ...readOptions(args),
    ...(name === undefined ? {} : { name }),
    ...(clientId === undefined ? {} : { client_id: clientId }),
    ...(args.has('no-trust-email') ? { trust_email: false } : {}),
    ...(args.has('any-domain') ? { hosted_domain: null } : {}),
    ...(args.has('no-one-tap') ? { one_tap: false } : {}),
    ...(args.has('no-signals') ? { signals: null } : {}),
    ...(args.has('signals-by-push') ? { signals_poll_endpoint: null } : {}),
    ...(args.has('enable') ? { enabled: true } : {}),
    ...(args.has('disable') ? { enabled: false } : {}),
  };
}

function hasSecret(args: Arguments): boolean {
  refuseBoth(args, 'client-secret-file', 'private-key-file');
  return args.has('client-secret-file') || args.has('private-key-file');
}

function requireOneSecret(args: Arguments): void {
  if (hasSecret(args)) return;
  throw new UsageError('--client-secret-file or --private-key-file is required.');
}

async function readSecret(args: Arguments, io: Io): Promise<ProviderSecret | undefined> {
  const [secret, key] = [args.text('client-secret-file'), args.text('private-key-file')];
  if (secret !== undefined) return { client_secret: (await io.file(secret)).trim() };
  return key === undefined ? undefined : { private_key: await io.file(key) };
}

function refuseBoth(args: Arguments, one: string, other: string): void {
  if (args.has(one) && args.has(other)) {
    throw new UsageError(`Only one of --${one}, --${other} may be given.`);
  }
}
