// Registers clients that no operator registered (RFC 7591), and lets them read, change and delete their
// registration (RFC 7592). The rules of the protocol, which validate the metadata, are passed in.
import { randomUUID } from 'node:crypto';
import type { AuditActor } from '#core/audit/audit.ts';
import type { Client, NewClient } from '#core/clients/clients.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { randomToken, sha256Text } from '#platform/crypto/hashing.ts';
import { AppError } from '#platform/errors.ts';
import type { Metadata } from './registration-policy.ts';
import {
  changedMembers,
  changedMetadata,
  checkRepeated,
  policyOf,
  readRequest,
  validate,
  type RequestDependencies,
} from './registration-request.service.ts';
import type { RegistrationStore } from './registrations.store.ts';
import { registrationTokenPrefix } from './tokens/initial-access-tokens.ts';
import type { InitialAccessTokenStore } from './tokens/initial-access-tokens.store.ts';

export interface DynamicRegistrationDependencies extends RequestDependencies {
  readonly clients: Clients;
  readonly clientStore: ClientStore;
  readonly blocking: Blocking;
  readonly registrationStore: RegistrationStore;
  readonly initialAccessTokenStore: InitialAccessTokenStore;
  readonly now: () => Date;
}

export interface Registration {
  readonly client: Client;
  /** The registration access token. */
  readonly token: string;
  /** Shown once, since only its hash is stored. */
  readonly clientSecret?: string | undefined;
  readonly softwareStatement?: string | undefined;
}

/** A client that accesses its own registration. */
export interface Presented {
  readonly clientId: string;
  readonly token: string | undefined;
}

type Dependencies = DynamicRegistrationDependencies;

const secretMethods: readonly unknown[] = ['client_secret_basic', 'client_secret_post'];

export function createDynamicRegistration(dependencies: Dependencies) {
  return {
    /**
     * @param token an initial access token, required if CLIENT_REGISTRATION is `token`
     * @throws RegistrationRefusal, or AppError `invalid_token` or `overloaded`
     */
    register: (request: Metadata, token: string | undefined) =>
      register(dependencies, request, token),
    /** @throws AppError `invalid_token` */
    read: async (presented: Presented) =>
      (await requireOwner(dependencies, presented)).registration,
    /**
     * Replaces the metadata and the registration access token (RFC 7592 §2.2).
     * @throws RegistrationRefusal, or AppError `invalid_token` or `conflict`
     */
    update: (presented: Presented, request: Metadata) => update(dependencies, presented, request),
    /** @throws AppError `invalid_token` or `conflict` */
    async remove(presented: Presented): Promise<void> {
      const { registration, tokenHash } = await requireOwner(dependencies, presented);
      const { blocking, registrationStore: store, clientStore } = dependencies;
      const { clientId } = registration.client;
      await blocking.changeClient({
        clientId,
        event: 'client.deleted',
        revokes: true,
        by: ownActor(clientId),
        write: async (tx) =>
          (await store.replaceToken(clientId, [tokenHash, tokenHash], undefined, tx)) &&
          clientStore.remove(clientId, tx),
      });
    },
  };
}

export type DynamicRegistration = ReturnType<typeof createDynamicRegistration>;

async function register(
  dependencies: Dependencies,
  request: Metadata,
  presentedToken: string | undefined,
): Promise<Registration> {
  const { config, clients, initialAccessTokenStore: tokens, now } = dependencies;
  const requiresToken = config.clientRegistration === 'token';
  const presentedHash = sha256Text(presentedToken ?? '');
  if (requiresToken && !(await tokens.isUsable(presentedHash, now()))) throw unknownToken();
  const { statement, metadata } = await readRequest(dependencies, request, policyOf(dependencies));
  const clientSecret = needsSecret(metadata) ? randomToken() : undefined;
  const client: NewClient = {
    clientId: randomUUID(),
    secretHash: clientSecret === undefined ? undefined : sha256Text(clientSecret),
    firstParty: false,
    resources: [],
    metadata,
    origin: 'registration',
    createdAt: now(),
  };
  const complete = await validate(dependencies, client);
  const token = newToken();
  await clients.create(client, { kind: 'anonymous' }, async (tx) => {
    if (await dependencies.registrationStore.exceeds(config.clientRegistrationLimit, tx)) {
      throw new AppError('overloaded', 'No more clients can be registered at present.');
    }
    const used = requiresToken ? await tokens.use(presentedHash, now(), tx) : undefined;
    if (requiresToken && used === undefined) throw unknownToken();
    await dependencies.registrationStore.insert(
      {
        clientId: client.clientId,
        tokenHash: sha256Text(token),
        initialAccessTokenId: used,
        softwareStatement: statement,
      },
      tx,
    );
  });
  return { client: complete, token, clientSecret, softwareStatement: statement };
}

async function update(
  dependencies: Dependencies,
  presented: Presented,
  request: Metadata,
): Promise<Registration> {
  const { blocking, clientStore, registrationStore: store, rules } = dependencies;
  const { registration, tokenHash } = await requireOwner(dependencies, presented);
  const { client: before } = registration;
  checkRepeated(request, before);
  const policy = policyOf(dependencies, before);
  const { statement, metadata } = await readRequest(dependencies, request, policy);
  const isSecret = needsSecret(metadata);
  const clientSecret = isSecret && before.secretHash === undefined ? randomToken() : undefined;
  const newHash = clientSecret === undefined ? before.secretHash : sha256Text(clientSecret);
  const after: Client = await validate(dependencies, {
    ...before,
    secretHash: isSecret ? newHash : undefined,
    metadata: changedMetadata(before, metadata, policy),
  });
  const values = isSecret ? { ...after, previousSecret: before.previousSecret } : after;
  const token = newToken();
  const { clientId } = before;
  await blocking.changeClient({
    clientId,
    event: 'client.updated',
    details: { members: changedMembers(before.metadata, values.metadata) },
    conferredScope: values.metadata['scope'],
    revokes: rules.endsAccess(before, values),
    by: ownActor(clientId),
    write: async (tx, at) =>
      (await store.replaceToken(clientId, [tokenHash, sha256Text(token)], statement, tx)) &&
      clientStore.replace(before, values, at, tx),
  });
  return { client: values, token, clientSecret, softwareStatement: statement };
}

/** @throws AppError `invalid_token`, also for a blocked client */
async function requireOwner(dependencies: Dependencies, { clientId, token = '' }: Presented) {
  const { clientStore, registrationStore } = dependencies;
  const tokenHash = sha256Text(token);
  const found = await registrationStore.find(clientId, tokenHash);
  const client = found && (await clientStore.find(clientId));
  if (!client || client.disabledAt) throw unknownToken();
  const { softwareStatement } = found;
  const registration: Registration = { client, token, softwareStatement };
  return { registration, tokenHash };
}

function needsSecret({ token_endpoint_auth_method: method }: Metadata): boolean {
  return secretMethods.includes(method);
}

function newToken(): string {
  return `${registrationTokenPrefix}${randomToken()}`;
}

function ownActor(clientId: string): AuditActor {
  return { kind: 'client', id: clientId };
}

function unknownToken(): AppError {
  return new AppError('invalid_token', 'The access token is invalid, expired or revoked.');
}
