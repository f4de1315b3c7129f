// Creates clients from RFC 7591 metadata. The metadata is validated by oidc-provider's own rules
// before it is stored, so every stored client is usable.
import { randomUUID } from 'node:crypto';
import { errors, type Provider } from 'oidc-provider';
import type { Knex } from 'knex';
import { systemActor, type AuditActor } from '#core/audit/audit.ts';
import { defaultPolicies } from '#core/clients/client-policies.ts';
import type { Client, NewClient } from '#core/clients/clients.ts';
import { applyProfile } from '#core/clients/profiles/violations.ts';
import { AppError, isAppError } from '#platform/errors.ts';
import { isObjectPrototypeName } from '#platform/object-names.ts';
import type { Config } from '#config/config.ts';
import { randomToken, sha256Text } from '#platform/crypto/hashing.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import { globalRevocationScope, managementScopes, splitScope } from '#core/clients/scopes.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import { providerMetadata } from '#oidc/adapters/client-adapter.ts';
import { validateClientMetadata } from '#oidc/patches/private-members.ts';
import { refuseUnofferedMembers } from '#oidc/security/security-members.ts';
import type { CertificateSettings } from '#oidc/security/client-certificates.ts';
import { refuseUnsupportedMembers } from './client-members.ts';

export interface RegisteredClient {
  readonly client: Client;
  /** Shown once, since only its hash is stored. `undefined` for clients without a secret. */
  readonly clientSecret: string | undefined;
}

export interface ClientRegistrationDependencies {
  readonly provider: Provider;
  readonly store: ClientStore;
  readonly clients: Clients;
  /** Defaults for new clients whose metadata does not state a policy. */
  readonly config: Pick<Config, 'requirePkce'> & CertificateSettings;
  readonly now: () => Date;
}

export interface RegistrationOptions {
  /** By default an operator at the command line. */
  readonly by?: AuditActor;
  /** Runs in the transaction that creates the client. */
  readonly join?: (tx: Knex.Transaction, client: Client) => Promise<void>;
}

/** Shorter secrets could be guessed; generated ones have 43 characters. */
const minSecretLength = 32;

/** Scopes that only clients registered by an operator may have. */
const reservedScopes: ReadonlySet<string> = new Set([...managementScopes, globalRevocationScope]);

export function createClientRegistration(dependencies: ClientRegistrationDependencies) {
  const { provider, store, clients, config, now } = dependencies;

  const validate = (client: NewClient) => validateClient(provider, client);

  return {
    /** @throws AppError `invalid_input` */
    validate,
    /**
     * Validates the metadata that a registered client would have, without storing it. The client keeps its
     * secret, or gets one if it now needs one.
     * @throws AppError `invalid_input`
     */
    async check(input: unknown, before: Client): Promise<RegisteredClient> {
      const { createdAt } = before;
      const { client, clientSecret } = readClient(input, { config, createdAt });
      if (before.origin !== undefined) refuseTrust(client);
      const keepsSecret = clientSecret !== undefined && before.secretHash !== undefined;
      const checked = keepsSecret ? { ...client, secretHash: before.secretHash } : client;
      await validate(checked);
      return {
        client: { ...before, ...checked },
        clientSecret: keepsSecret ? undefined : clientSecret,
      };
    },
    /**
     * Registration by an operator: accepts `first_party` and `resources`, keeps a given `client_id`
     * and `client_secret`, and refuses members that would not be honored.
     * @throws AppError `invalid_input` or `conflict`
     */
    async create(
      input: unknown,
      { by = { kind: 'operator' }, join }: RegistrationOptions = {},
    ): Promise<RegisteredClient> {
      const { client, clientSecret } = readClient(input, { config, createdAt: now() });
      const complete = await validate(client);
      await clients.create(client, by, join && ((tx) => join(tx, complete)));
      return { client: complete, clientSecret };
    },
    /** Creates the client unless it exists. */
    async ensure(input: { readonly client_id: string }): Promise<void> {
      if (await store.find(input.client_id)) return;
      const { client } = readClient(input, { config, createdAt: now() });
      await validate(client);
      try {
        await clients.create(client, systemActor);
      } catch (error) {
        if (!isAppError(error, 'conflict')) throw error;
      }
    },
  };
}

export type ClientRegistration = ReturnType<typeof createClientRegistration>;

/**
 * Validates a client by the rules by which oidc-provider later loads it.
 * @throws AppError `invalid_input`
 */
export async function validateClient(provider: Provider, client: NewClient): Promise<Client> {
  const complete: Client = {
    ...client,
    disabledAt: undefined,
    notBefore: undefined,
    updatedAt: client.createdAt,
  };
  try {
    await validateClientMetadata(provider, providerMetadata(complete));
  } catch (error) {
    if (!(error instanceof errors.OIDCProviderError)) throw error;
    throw new AppError('invalid_input', `${error.error_description ?? error.message}.`, {
      cause: error,
    });
  }
  return complete;
}

function readClient(
  input: unknown,
  { config, createdAt }: Pick<ClientRegistrationDependencies, 'config'> & { createdAt: Date },
) {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new AppError('invalid_input', 'Client metadata must be a JSON object (RFC 7591).');
  }
  refuseUnsupportedMembers({ ...input });
  refuseUnofferedMembers({ ...input }, config);
  const {
    client_id: givenId,
    client_secret: givenSecret,
    first_party: firstParty = false,
    resources = [],
    ...given
  } = input as Record<string, unknown>; // checked above
  const metadata = applyProfile(given);
  if (typeof firstParty !== 'boolean') throw invalidMember('first_party', 'true or false');
  const clientId = givenId === undefined ? randomUUID() : readClientId(givenId);
  const clientSecret = needsSecret(metadata) ? readSecret(givenSecret) : undefined;
  const client: NewClient = {
    clientId,
    secretHash: clientSecret === undefined ? undefined : sha256Text(clientSecret),
    firstParty,
    resources: readAudiences(resources),
    metadata: {
      id_token_signed_response_alg: 'ES256',
      ...defaultPolicies(metadata, config),
      ...metadata,
    },
    createdAt,
  };
  return { client, clientSecret };
}

/** The developer of such a client can change where authorization responses are sent. */
function refuseTrust({ firstParty, resources, metadata }: NewClient): void {
  const scopes = splitScope(metadata['scope']);
  const isReserved = scopes.some((scope) => reservedScopes.has(scope));
  if (!firstParty && resources.length === 0 && !isReserved) return;
  const message =
    'A client that registered itself cannot be first_party, serve resources or have scopes of the management API.';
  throw new AppError('invalid_input', message);
}

function needsSecret({ token_endpoint_auth_method: method }: Record<string, unknown>): boolean {
  return (
    method === undefined || method === 'client_secret_basic' || method === 'client_secret_post'
  );
}

function readClientId(value: unknown): string {
  // RFC 6749 appendix A.1; the length is limited because the column is indexed.
  if (typeof value !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(value)) {
    throw invalidMember('client_id', 'up to 255 printable ASCII characters');
  }
  if (isObjectPrototypeName(value)) {
    throw invalidMember(
      'client_id',
      `another name than ${value}, which every JavaScript object has`,
    );
  }
  return value;
}

/** Generates a secret if none is given. @throws AppError `invalid_input` for a weak one */
export function readSecret(value: unknown): string {
  if (value === undefined) return randomToken();
  if (typeof value === 'string' && value.length >= minSecretLength && value.length <= 255) {
    if (/^[\x21-\x7e]+$/.test(value)) return value;
  }
  throw invalidMember('client_secret', `${minSecretLength} to 255 printable ASCII characters`);
}

function readAudiences(value: unknown): readonly string[] {
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (isList && value.every((item) => URL.canParse(item))) return value;
  throw invalidMember('resources', 'a list of absolute URIs');
}

function invalidMember(member: string, expected: string): AppError {
  return new AppError('invalid_input', `${member} must be ${expected}.`);
}
