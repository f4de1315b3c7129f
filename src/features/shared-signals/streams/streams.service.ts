// Management of streams by their receivers (SSF 1.0 §8.1.1 and §8.1.2). A receiver sees its own streams only;
// the id of any other stream is reported as not found.
import type { Knex } from 'knex';
import type { AuditActor, AuditEvent } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { timeOrderedUuid } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/database/postgres.ts';
import { AppError } from '#platform/errors.ts';
import type { OutboundAddresses } from '#platform/outbound/outbound-fetch.ts';
import type { SignalQueue } from '#features/shared-signals/events/signal-queue.service.ts';
import { verificationSignal } from '#features/shared-signals/events/stream-signals.ts';
import type { SignalStore } from '#features/shared-signals/events/signals.store.ts';
import {
  maxStreamsPerReceiver,
  minVerificationSeconds,
} from '#features/shared-signals/signal-types.ts';
import {
  isPushEndpoint,
  streamContext,
  usualPolicy,
  type SignalStream,
  type StreamRequest,
  type StreamStatus,
} from './streams.ts';
import type { StreamStore } from './streams.store.ts';

export interface StreamServiceDependencies {
  readonly db: Database;
  readonly streamStore: StreamStore;
  readonly signalStore: SignalStore;
  readonly signalQueue: SignalQueue;
  readonly audit: Audit;
  readonly addresses: OutboundAddresses;
  readonly keyring: Keyring;
  readonly now: () => Date;
}

export interface RequestedStatus {
  readonly status: StreamStatus;
  readonly reason: string | undefined;
}

export function createStreamService(dependencies: StreamServiceDependencies) {
  const { db, streamStore, signalStore, signalQueue, now } = dependencies;
  const find = (clientId: string, id: string) => findOwn(dependencies, clientId, id);

  return {
    /** @throws AppError `not_found` */
    find,
    listOf: (clientId: string) => streamStore.listOf(clientId),
    /**
     * @throws AppError `invalid_input`, `forbidden` when an operator holds a stream of the receiver,
     * or `conflict` when it has too many
     */
    async create(clientId: string, requested: StreamRequest): Promise<SignalStream> {
      const createdAt = now();
      const id = timeOrderedUuid(createdAt);
      const request = prepare(dependencies, id, requested);
      await db.transaction(async (tx) => {
        await streamStore.lockClient(clientId, tx);
        const known = await streamStore.listOf(clientId, tx);
        known.forEach(refuseIfHeld);
        if (known.length >= maxStreamsPerReceiver) {
          throw new AppError(
            'conflict',
            `A receiver has at most ${maxStreamsPerReceiver} streams.`,
          );
        }
        await streamStore.insert({ ...usualPolicy, ...request, id, clientId, createdAt }, tx);
        await record(dependencies, 'signal_stream.created', { id, clientId }, {}, tx);
      });
      return find(clientId, id);
    },
    /** @throws AppError `not_found`, `invalid_input`, or `conflict` after a concurrent change */
    async replace(
      clientId: string,
      id: string,
      change: (before: SignalStream) => StreamRequest,
    ): Promise<SignalStream> {
      const before = await find(clientId, id);
      const request = prepare(dependencies, id, change(withHeader(dependencies, before)));
      await db.transaction(async (tx) => {
        if (!(await streamStore.update(before, { request }, tx))) throw changedMeanwhile();
        await record(dependencies, 'signal_stream.updated', before, {}, tx);
        await signalQueue.wake({ ...before, ...request }, tx);
      });
      return find(clientId, id);
    },
    /** @throws AppError `not_found`, `forbidden` when an operator holds the stream, `conflict` */
    async remove(clientId: string, id: string): Promise<void> {
      const stream = await find(clientId, id);
      refuseIfHeld(stream);
      await db.transaction(async (tx) => {
        if (!(await streamStore.remove(stream, tx))) throw changedMeanwhile();
        await record(dependencies, 'signal_stream.deleted', stream, {}, tx);
      });
    },
    /** @throws AppError `not_found`, `forbidden` when an operator holds the stream, `conflict` */
    async setStatus(clientId: string, id: string, requested: RequestedStatus) {
      const stream = await find(clientId, id);
      const { status } = requested;
      if (status === 'enabled') refuseIfHeld(stream);
      const heldBy = stream.heldBy === 'operator' ? stream.heldBy : undefined;
      await db.transaction(async (tx) => {
        if (!(await streamStore.setStatus(stream, { ...requested, heldBy }, tx))) {
          throw changedMeanwhile();
        }
        if (status === 'disabled') await signalStore.dropWaiting(id, tx);
        await record(dependencies, 'signal_stream.updated', stream, { status }, tx);
        if (status === 'enabled') await signalQueue.wake(stream, tx);
      });
      return find(clientId, id);
    },
    /** Sends a verification event. @throws AppError `not_found`, `throttled`, `conflict` */
    async verify(clientId: string, id: string, state: string | undefined): Promise<void> {
      const stream = await find(clientId, id);
      if (stream.status === 'disabled') {
        throw new AppError('conflict', 'The stream is disabled and delivers no events.');
      }
      const at = now();
      const since = new Date(at.getTime() - minVerificationSeconds * 1000);
      await db.transaction(async (tx) => {
        if (!(await streamStore.noteVerification(id, at, since, tx))) throw tooOften();
        await signalQueue.addOwn(stream, verificationSignal(stream, state, at), tx);
      });
    },
  };
}

export type StreamService = ReturnType<typeof createStreamService>;

async function findOwn(
  { streamStore }: StreamServiceDependencies,
  clientId: string,
  id: string,
): Promise<SignalStream> {
  const stream = await streamStore.find(id);
  if (stream?.clientId === clientId) return stream;
  throw noSuchStream();
}

/** The stream with its Authorization header decrypted, for a change that keeps the header. */
function withHeader({ keyring }: StreamServiceDependencies, stream: SignalStream): SignalStream {
  const sealed = stream.authorizationHeader;
  if (sealed === undefined) return stream;
  return {
    ...stream,
    authorizationHeader: keyring.open(sealed, streamContext(stream.id)).toString(),
  };
}

/** Checks the address, and encrypts the Authorization header. */
function prepare(
  { addresses, keyring }: StreamServiceDependencies,
  id: string,
  request: StreamRequest,
): StreamRequest {
  const { endpointUrl, authorizationHeader: header } = request;
  if (endpointUrl === undefined) return { ...request, authorizationHeader: undefined };
  if (!isPushEndpoint(endpointUrl) || addresses.isRefused(new URL(endpointUrl))) {
    const message = 'delivery.endpoint_url must be an https URL of a public address.';
    throw new AppError('invalid_input', message);
  }
  const authorizationHeader = header && keyring.seal(header, streamContext(id));
  return { ...request, endpointUrl: new URL(endpointUrl).href, authorizationHeader };
}

async function record(
  { audit }: StreamServiceDependencies,
  event: AuditEvent,
  { id, clientId }: Pick<SignalStream, 'id' | 'clientId'>,
  details: Readonly<Record<string, unknown>>,
  tx: Knex,
): Promise<void> {
  const actor: AuditActor = { kind: 'client', id: clientId };
  await audit.append({ event, actor, clientId, details: { stream: id, ...details } }, tx);
}

/** A new stream would deliver the signals that the operator has stopped. */
function refuseIfHeld({ heldBy }: SignalStream): void {
  if (heldBy !== 'operator') return;
  throw new AppError('forbidden', 'An operator has stopped a stream of this receiver.');
}

export function noSuchStream(): AppError {
  return new AppError('not_found', 'There is no stream with this id.');
}

export function changedMeanwhile(): AppError {
  return new AppError('conflict', 'The stream has changed in the meantime. Read it and try again.');
}

function tooOften(): AppError {
  return new AppError('throttled', 'A verification was requested a moment ago.', {
    retryAfterSeconds: minVerificationSeconds,
  });
}
