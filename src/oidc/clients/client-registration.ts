// Making clients: RFC 7591 metadata, checked by the engine's own rules before anything is stored,
// so that a client that is stored is a client that works.
import { randomUUID } from 'node:crypto';
import { errors, type Provider } from 'oidc-provider';
import { systemActor } from '#core/audit/audit.ts';
import { defaultPolicies } from '#core/clients/client-policies.ts';
import type { Client, NewClient } from '#core/clients/clients.ts';
import { AppError, isAppError } from '#platform/errors.ts';
import { isObjectPrototypeName } from '#platform/object-names.ts';
import type { Config } from '#config/config.ts';
import { randomToken, sha256Text } from '#platform/crypto/hashing.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import { engineMetadata } from '#oidc/adapters/client-adapter.ts';
import { refuseUnhonoured } from './client-members.ts';

export interface RegisteredClient {
  readonly client: Client;
  /** Shown once; only its hash is kept. `undefined` for clients that have none. */
  readonly clientSecret: string | undefined;
}

export interface ClientRegistrationDependencies {
  readonly provider: Provider;
  readonly store: ClientStore;
  readonly clients: Clients;
  /** What new clients get when their metadata do not say. */
  readonly config: Pick<Config, 'requirePkce'>;
  readonly now: () => Date;
}

/** Shorter ones can be guessed; ours have 43 characters. */
const shortestSecret = 32;

export function createClientRegistration(dependencies: ClientRegistrationDependencies) {
  const { provider, store, clients, config, now } = dependencies;

  async function validate(client: NewClient): Promise<Client> {
    const complete: Client = {
      ...client,
      disabledAt: undefined,
      notBefore: undefined,
      updatedAt: client.createdAt,
    };
    try {
      // Published types leave the static method out; it is documented for exactly this use.
      const { validate: check } = provider.Client as unknown as {
        validate(metadata: object): Promise<void>;
      };
      await check.call(provider.Client, engineMetadata(complete));
    } catch (error) {
      if (!(error instanceof errors.OIDCProviderError)) throw error;
      throw new AppError('invalid_input', `${error.error_description ?? error.message}.`, {
        cause: error,
      });
    }
    return complete;
  }

  return {
    /**
     * Operators' registration: `first_party` and `resources` are taken; a given `client_id` and
     * `client_secret` are kept; members that would not be honoured are refused.
     * @throws AppError `invalid_input` or `conflict`
     */
    async create(input: unknown): Promise<RegisteredClient> {
      const { client, clientSecret } = readClient(input, { config, createdAt: now() });
      const complete = await validate(client);
      await clients.create(client, { kind: 'operator' });
      return { client: complete, clientSecret };
    },
    /** Makes the client unless it is there. */
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

function readClient(
  input: unknown,
  { config, createdAt }: Pick<ClientRegistrationDependencies, 'config'> & { createdAt: Date },
) {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new AppError('invalid_input', 'Client metadata is a JSON object (RFC 7591).');
  }
  refuseUnhonoured({ ...input });
  const {
    client_id: givenId,
    client_secret: givenSecret,
    first_party: firstParty = false,
    resources = [],
    ...metadata
  } = input as Record<string, unknown>; // an object, as just seen
  if (typeof firstParty !== 'boolean') throw malformed('first_party', 'true or false');
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

function needsSecret({ token_endpoint_auth_method: method }: Record<string, unknown>): boolean {
  return (
    method === undefined || method === 'client_secret_basic' || method === 'client_secret_post'
  );
}

function readClientId(value: unknown): string {
  // RFC 6749 appendix A.1, and no longer than an index likes.
  if (typeof value !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(value)) {
    throw malformed('client_id', 'up to 255 printable ASCII characters');
  }
  if (isObjectPrototypeName(value)) {
    throw malformed('client_id', `another name than ${value}, which every JavaScript object has`);
  }
  return value;
}

function readSecret(value: unknown): string {
  if (value === undefined) return randomToken();
  if (typeof value === 'string' && value.length >= shortestSecret && value.length <= 255) {
    if (/^[\x21-\x7e]+$/.test(value)) return value;
  }
  throw malformed('client_secret', `${shortestSecret} to 255 printable ASCII characters`);
}

function readAudiences(value: unknown): readonly string[] {
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (isList && value.every((item) => URL.canParse(item))) return value;
  throw malformed('resources', 'a list of absolute URIs');
}

function malformed(member: string, expected: string): AppError {
  return new AppError('invalid_input', `${member} must be ${expected}.`);
}
