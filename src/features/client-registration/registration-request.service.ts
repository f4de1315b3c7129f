// Turns the request of a client into the metadata to store: applies the software statement, the policy, and
// the rules of the protocol, which are passed in.
import type { Config } from '#config/config.ts';
import type { Client, NewClient } from '#core/clients/clients.ts';
import { applyProfile } from '#core/clients/profiles/violations.ts';
import { splitScope } from '#core/clients/scopes.ts';
import { equalBytes, sha256Text } from '#platform/crypto/hashing.ts';
import { isAppError } from '#platform/errors.ts';
import { RegistrationRefusal, invalidMetadata } from './registration-refusal.ts';
import { applyPolicy, type Metadata, type RegistrationPolicy } from './registration-policy.ts';
import type { SoftwareStatements } from './statements/software-statements.service.ts';

export interface RequestDependencies {
  readonly config: Config;
  readonly softwareStatements: SoftwareStatements;
  readonly rules: ProtocolRules;
}

/** The rules of the oidc layer. */
export interface ProtocolRules {
  /** The members of client metadata that a client may send. */
  readonly members: readonly string[];
  /** @throws AppError `invalid_input` */
  validate(client: NewClient): Promise<Client>;
  /** True if something issued before a change would allow more than the client may have after it. */
  endsAccess(before: Client, after: Pick<Client, 'metadata' | 'firstParty'>): boolean;
}

export function policyOf(
  { config, rules }: Pick<RequestDependencies, 'config' | 'rules'>,
  before?: Client,
): RegistrationPolicy {
  return {
    // A client keeps the scopes that an operator gave it.
    scopes: [
      ...new Set([...config.clientRegistrationScopes, ...splitScope(before?.metadata['scope'])]),
    ],
    hosts: config.clientRegistrationHosts,
    pkce: config.clientRegistrationPkce,
    members: rules.members,
  };
}

/** The claims of a software statement override the other members (RFC 7591 §2.3). */
export async function readRequest(
  { softwareStatements }: Pick<RequestDependencies, 'softwareStatements'>,
  request: Metadata,
  policy: RegistrationPolicy,
) {
  const { software_statement: statement, ...members } = request;
  if (statement === undefined) return { metadata: applyPolicy(members, policy) };
  const { text, claims } = await softwareStatements.read(statement);
  return { statement: text, metadata: applyPolicy({ ...members, ...claims }, policy) };
}

export async function validate(
  { rules }: Pick<RequestDependencies, 'rules'>,
  client: NewClient,
): Promise<Client> {
  try {
    return await rules.validate({ ...client, metadata: applyProfile(client.metadata) });
  } catch (error) {
    if (!isAppError(error, 'invalid_input')) throw error;
    const isAboutRedirect = error.message.startsWith('redirect_uris');
    const code = isAboutRedirect ? 'invalid_redirect_uri' : 'invalid_client_metadata';
    throw new RegistrationRefusal(code, error.message, { cause: error });
  }
}

/**
 * RFC 7592 §2.2: the request repeats the id, may repeat the secret, and contains no other assigned member.
 */
export function checkRepeated(request: Metadata, { clientId, secretHash }: Client): void {
  const given = [
    'registration_access_token',
    'registration_client_uri',
    'client_secret_expires_at',
    'client_id_issued_at',
  ].find((member) => request[member] !== undefined);
  if (given !== undefined) throw invalidMetadata(`${given} must not be part of the request.`);
  if (request['client_id'] !== clientId)
    throw invalidMetadata('client_id must be that of this registration.');
  const { client_secret: secret } = request;
  if (secret === undefined) return;
  const isOwn = typeof secret === 'string' && equalBytes(sha256Text(secret), secretHash ?? '');
  if (!isOwn) throw invalidMetadata('client_secret must be that of this client.');
}

/** The metadata after a change by the client itself: once required, PKCE stays required. */
export function changedMetadata(
  before: Client,
  metadata: Metadata,
  policy: RegistrationPolicy,
): Metadata {
  const requiresPkce = before.metadata['require_pkce'] === true;
  const kept = requiresPkce ? { require_pkce: true } : {};
  return { ...setByOperators(before, policy), ...metadata, ...kept };
}

/** Members that a client cannot change. */
function setByOperators({ metadata }: Client, { members }: RegistrationPolicy): Metadata {
  return Object.fromEntries(
    Object.entries(metadata).filter(([member]) => !members.includes(member)),
  );
}

export function changedMembers(before: Metadata, after: Metadata): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
