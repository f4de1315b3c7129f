// Changes and deletes clients and rotates their secrets, on behalf of an operator. The registration rules
// validate changed metadata before it is stored.
import type { AuditActor } from '#core/audit/audit.ts';
import type { Client } from '#core/clients/clients.ts';
import { splitScope } from '#core/clients/scopes.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { Receipt } from '#core/revocation/receipts.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { sha256Text } from '#platform/crypto/hashing.ts';
import { credentialsOf } from '#oidc/workloads/federated-credentials.ts';
import { AppError } from '#platform/errors.ts';
import { readSecret, type ClientRegistration } from './client-registration.ts';

export interface ClientChangeDependencies {
  readonly store: ClientStore;
  readonly blocking: Blocking;
  readonly registration: Pick<ClientRegistration, 'check'>;
  readonly now: () => Date;
}

export interface ChangedClient {
  readonly client: Client;
  readonly receipt: Receipt;
  /** Shown once; only if the change gave the client a secret. */
  readonly clientSecret?: string | undefined;
  /** True if everything issued to the client was revoked. */
  readonly isRevoked: boolean;
}

export interface SecretRotation {
  /** True to revoke everything issued to the client. */
  readonly revokes: boolean;
  /** How long the previous secret stays valid. */
  readonly overlapSeconds?: number | undefined;
  /** The new secret; by default one is generated. */
  readonly secret?: string | undefined;
  readonly by: AuditActor;
}

type Members = Readonly<Record<string, unknown>>;

export function createClientChanges(dependencies: ClientChangeDependencies) {
  const { store, blocking, registration, now } = dependencies;
  async function requireClient(clientId: string): Promise<Client> {
    const client = await store.find(clientId);
    if (client) return client;
    throw new AppError('client_not_found', 'Client not found.');
  }

  return {
    /**
     * @param changesOf metadata members to replace; `null` removes one; may throw to refuse the change
     * @throws AppError `client_not_found`, `invalid_input`, or `conflict` after a concurrent change
     */
    async update(
      clientId: string,
      changesOf: (before: Client) => unknown,
      by: AuditActor,
    ): Promise<ChangedClient> {
      const before = await requireClient(clientId);
      const members = readChanges(changesOf(before));
      const merged = merge(before, members);
      const { client: checked, clientSecret } = await registration.check(merged, before);
      const isRevoked = endsAccess(before, checked);
      const receipt = await blocking.changeClient({
        clientId,
        event: 'client.updated',
        details: { members: Object.keys(members) },
        conferredScope: checked.metadata['scope'],
        revokes: isRevoked,
        by,
        write: (tx, at) => store.replace(before, checked, at, tx),
      });
      return { client: await requireClient(clientId), receipt, clientSecret, isRevoked };
    },

    /**
     * The previous secret is refused after `overlapSeconds`, by default at once. Issued tokens stay valid
     * unless `revokes` is set.
     * @throws AppError `conflict` when the client has no secret, or after a concurrent change;
     * `invalid_input` for a secret that could be guessed
     */
    async rotateSecret(clientId: string, rotation: SecretRotation): Promise<ChangedClient> {
      const { revokes, overlapSeconds = 0, secret, by } = rotation;
      const before = await requireClient(clientId);
      const { secretHash: hash } = before;
      if (hash === undefined) throw new AppError('conflict', 'This client has no secret.');
      const clientSecret = readSecret(secret);
      const expiresAt = new Date(now().getTime() + overlapSeconds * 1000);
      const previousSecret = overlapSeconds > 0 ? { hash, expiresAt } : undefined;
      const after = { ...before, secretHash: sha256Text(clientSecret), previousSecret };
      const receipt = await blocking.changeClient({
        clientId,
        event: 'client.secret_rotated',
        revokes,
        by,
        write: (tx, at) => store.replace(before, after, at, tx),
      });
      return { client: await requireClient(clientId), receipt, clientSecret, isRevoked: revokes };
    },

    /** @throws AppError `client_not_found` */
    async remove(clientId: string, by: AuditActor): Promise<Receipt> {
      await requireClient(clientId);
      return blocking.changeClient({
        clientId,
        event: 'client.deleted',
        revokes: true,
        by,
        write: (tx) => store.remove(clientId, tx),
      });
    },
  };
}

export type ClientChanges = ReturnType<typeof createClientChanges>;

function readChanges(changes: unknown): Members {
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) {
    throw new AppError('invalid_input', 'Client metadata must be a JSON object (RFC 7591).');
  }
  const members: Members = { ...changes };
  if ('client_id' in members) throw new AppError('invalid_input', 'client_id cannot be changed.');
  if (!('client_secret' in members)) return members;
  throw new AppError('invalid_input', 'A new secret is made by "client rotate-secret".');
}

/** The changed metadata, in the form of a registration. Null removes a member (RFC 7396). */
function merge({ clientId, firstParty, resources, metadata }: Client, changes: Members): Members {
  const merged: Members = { ...metadata, first_party: firstParty, resources, ...changes };
  const kept = Object.entries(merged).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(kept), client_id: clientId };
}

/**
 * True if tokens from before the change would allow more than the client may have now, or name the
 * user by another `sub`.
 */
export function endsAccess(
  { metadata: before, ...client }: Client,
  after: Pick<Client, 'metadata' | 'firstParty'>,
) {
  const { metadata } = after;
  const isOther = (member: string) =>
    JSON.stringify(before[member]) !== JSON.stringify(metadata[member]);
  const identity = ['subject_type', 'sector_identifier_uri', 'token_endpoint_auth_method'];
  const bindings = ['dpop_bound_access_tokens', 'tls_client_certificate_bound_access_tokens'];
  const permitted = ['authorization_details_types', 'token_exchange_audiences'];
  return (
    [...identity, ...bindings].some(isOther) ||
    (client.firstParty && !after.firstParty) ||
    losesScope(before['scope'], metadata['scope']) ||
    losesItem(grantTypesOf(before), grantTypesOf(metadata)) ||
    losesItem(credentialsIn(before), credentialsIn(metadata)) ||
    permitted.some((member) => losesItem(listIn(member, before), listIn(member, metadata)))
  );
}

/** A client without a registered scope is not limited. */
function losesScope(before: unknown, after: unknown): boolean {
  if (typeof after !== 'string') return false;
  return typeof before !== 'string' || losesItem(splitScope(before), splitScope(after));
}

function losesItem(before: readonly unknown[], after: readonly unknown[]): boolean {
  return before.some((item) => !after.includes(item));
}

function listIn(member: string, { [member]: value }: Members): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function grantTypesOf({ grant_types: types }: Members): readonly unknown[] {
  return Array.isArray(types) ? types : ['authorization_code'];
}

/**
 * The federated credentials as strings, for comparison: the tokens of a client that loses one are revoked.
 */
function credentialsIn(metadata: Members): readonly string[] {
  return credentialsOf(metadata).map((credential) => JSON.stringify(credential));
}
