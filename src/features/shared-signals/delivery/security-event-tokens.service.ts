// Security Event Tokens (RFC 8417), as Shared Signals Framework 1.0 §4 profiles them. They are signed
// when they are sent, so that they name the current key and no longer contain erased data.
import { importJWK, SignJWT } from 'jose';
import type { AuditSearchStore } from '#core/audit/audit-search.store.ts';
import type { Client } from '#core/clients/clients.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { SigningKeys } from '#core/keys/signing-keys.service.ts';
import { pairwiseSectorOf } from '#core/keys/subjects/sectors.ts';
import type { SubjectKey } from '#core/keys/subjects/subject-key.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { identifierChanged } from '#features/shared-signals/signal-types.ts';
import type { Signal } from '#features/shared-signals/events/signals.ts';
import type { SignalStream } from '#features/shared-signals/streams/streams.ts';
import { AppError } from '#platform/errors.ts';

export interface SecurityEventTokenDependencies {
  readonly users: UserStore;
  readonly clients: Pick<Clients, 'find'>;
  readonly subjectKey: SubjectKey;
  readonly auditSearchStore: AuditSearchStore;
  readonly signingKeys: SigningKeys;
  readonly issuer: string;
}

type SubjectIdentifier = Readonly<Record<string, unknown>>;

export function createSecurityEventTokens(dependencies: SecurityEventTokenDependencies) {
  const { users, clients, subjectKey, signingKeys, issuer } = dependencies;

  async function subjectOf({ metadata }: Client, userId: string): Promise<string> {
    const sector = pairwiseSectorOf(metadata);
    return sector === undefined ? userId : subjectKey.subjectOf(sector, userId);
  }

  /** A user without an address, such as a deleted one, is identified by the `sub` of ID tokens. */
  async function identify(
    { subjectFormat: format }: SignalStream,
    client: Client,
    userId: string,
  ): Promise<SubjectIdentifier> {
    const user = format === 'email' ? await users.findById(userId) : undefined;
    if (user) return { format: 'email', email: user.email };
    const sub = await subjectOf(client, userId);
    if (format === 'opaque') return { format: 'opaque', id: sub };
    return { format: 'iss_sub', iss: issuer, sub };
  }

  async function describe(stream: SignalStream, client: Client, signal: Signal) {
    const { content, userId, type } = signal;
    if (userId === undefined) {
      return { subject: { format: 'opaque', id: stream.id }, event: content.event };
    }
    if (type === identifierChanged) return describeNewAddress(dependencies, signal);
    const user = await identify(stream, client, userId);
    if (content.sid === undefined) return { subject: user, event: content.event };
    const session = { format: 'opaque', id: content.sid };
    return { subject: { format: 'complex', user, session }, event: content.event };
  }

  return {
    /**
     * `undefined` if the data that the event is about was erased.
     * @throws AppError `forbidden` if the client of the stream is blocked
     */
    async issue(stream: SignalStream, signal: Signal): Promise<string | undefined> {
      const client = await clients.find(stream.clientId);
      if (!client) throw new AppError('forbidden', 'The client of the stream is blocked.');
      const described = await describe(stream, client, signal);
      const jwk = await signingKeys.active(stream.algorithm);
      if (!described) return undefined;
      if (!jwk?.kid) throw new Error(`There is no ${stream.algorithm} key yet.`);
      const claims = {
        sub_id: described.subject,
        events: { [signal.type]: described.event },
        ...transactionOf(client, signal),
      };
      return new SignJWT(claims)
        .setProtectedHeader({ alg: stream.algorithm, kid: jwk.kid, typ: 'secevent+jwt' })
        .setIssuer(issuer)
        .setAudience(stream.clientId)
        .setJti(signal.id)
        .setIssuedAt(signal.createdAt)
        .sign(await importJWK(jwk, stream.algorithm));
    },
  };
}

export type SecurityEventTokens = ReturnType<typeof createSecurityEventTokens>;

/**
 * Omitted for pairwise subjects: it is the same in every stream, so receivers could link the subjects of one
 * user.
 */
function transactionOf({ metadata }: Client, { auditId }: Signal): { readonly txn?: string } {
  if (auditId === undefined || pairwiseSectorOf(metadata) !== undefined) return {};
  return { txn: auditId };
}

/** The addresses are stored in the audit log only, where the erasure of an account finds them. */
async function describeNewAddress(
  { auditSearchStore }: SecurityEventTokenDependencies,
  { auditId, content }: Signal,
) {
  const found = auditId === undefined ? undefined : await auditSearchStore.find(auditId);
  const { email, previous } = found?.personal ?? {};
  if (typeof email !== 'string' || typeof previous !== 'string') return undefined;
  const subject: SubjectIdentifier = { format: 'email', email: previous };
  return { subject, event: { ...content.event, 'new-value': email } };
}
