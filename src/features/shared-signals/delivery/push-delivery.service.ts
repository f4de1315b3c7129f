// Pushes the signals of a stream, one after the other (RFC 8935). A signal that the receiver rejects is
// skipped; while the receiver is unreachable, all signals wait and keep their order.
import { systemActor } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import { RetryLater } from '#core/outbox/outbox.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { JobHandler } from '#core/outbox/worker.service.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import type { SignalQueue } from '#features/shared-signals/events/signal-queue.service.ts';
import { updatedSignal } from '#features/shared-signals/events/stream-signals.ts';
import type { Signal } from '#features/shared-signals/events/signals.ts';
import type { SignalStore } from '#features/shared-signals/events/signals.store.ts';
import { streamContext, type SignalStream } from '#features/shared-signals/streams/streams.ts';
import type { StreamStore } from '#features/shared-signals/streams/streams.store.ts';
import { sendPush, type PushOutcome } from './push-request.service.ts';
import type { SecurityEventTokens } from './security-event-tokens.service.ts';

export interface PushDeliveryDependencies {
  readonly db: Database;
  readonly clients: Pick<Clients, 'find'>;
  readonly streamStore: StreamStore;
  readonly signalStore: SignalStore;
  readonly signalQueue: SignalQueue;
  readonly securityEventTokens: SecurityEventTokens;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly keyring: Keyring;
  readonly fetch: OutboundFetch;
  readonly now: () => Date;
}

/**
 * A job stops after this time and leaves the rest to another one; one more request still fits into its time
 * limit.
 */
const workMilliseconds = 20_000;
/** Longer than the time limit of a job, so that no two processes push to one stream. */
const claimMilliseconds = 55_000;
const batch = 50;
/** A stream without a success for this long is paused. */
const pausedAfterMilliseconds = 3 * 24 * 60 * 60 * 1000;
const busySeconds = 2;

export function createPushHandler(dependencies: PushDeliveryDependencies): JobHandler<'signal'> {
  const { streamStore, signalQueue, now } = dependencies;
  return async ({ streamId }, { signal: cancelled }) => {
    const started = now().getTime();
    const until = new Date(started + claimMilliseconds);
    // A stream that was deleted has nothing to deliver.
    if (!(await streamStore.find(streamId))) return;
    if (!(await streamStore.claimPush(streamId, until, now()))) {
      throw new RetryLater('Another process pushes to this stream.', busySeconds);
    }
    try {
      const mayContinue = () => !cancelled.aborted && now().getTime() - started < workMilliseconds;
      const rest = await pushAll(dependencies, streamId, { mayContinue, cancelled });
      if (rest) await signalQueue.wake(rest);
    } finally {
      await streamStore.releasePush(streamId, until);
    }
  };
}

interface Work {
  readonly mayContinue: () => boolean;
  readonly cancelled: AbortSignal;
}

/** Returns the stream if signals may be left. @throws Error when the receiver failed */
async function pushAll(
  dependencies: PushDeliveryDependencies,
  streamId: string,
  work: Work,
): Promise<SignalStream | undefined> {
  const { clients, streamStore, signalStore, now } = dependencies;
  for (;;) {
    // Read for each batch: the receiver may have paused, changed or deleted the stream.
    const stream = await streamStore.find(streamId);
    if (stream?.endpointUrl === undefined) return undefined;
    // Signals that wait for a blocked client are sent with the first event after it is unblocked.
    if (!(await clients.find(stream.clientId))) return undefined;
    const isEnabled = stream.status === 'enabled';
    const waiting = await signalStore.listWaiting(streamId, { isEnabled, at: now(), limit: batch });
    for (const signal of waiting) {
      if (!work.mayContinue()) return stream;
      const current = await streamStore.find(streamId);
      if (current?.version !== stream.version) break;
      await pushOne(dependencies, stream, signal, work.cancelled);
    }
    if (waiting.length === 0) return undefined;
    if (!work.mayContinue()) return stream;
  }
}

async function pushOne(
  dependencies: PushDeliveryDependencies,
  stream: SignalStream,
  signal: Signal,
  cancelled: AbortSignal,
): Promise<void> {
  const { signalStore, streamStore, securityEventTokens, now } = dependencies;
  const token = await securityEventTokens.issue(stream, signal);
  if (token === undefined) {
    const error = 'The data of the event was erased.';
    return signalStore.markRefused(stream.id, [{ id: signal.id, error }], now());
  }
  const outcome = await push(dependencies, stream, token, cancelled);
  if (outcome.kind === 'accepted') {
    await signalStore.markDelivered(stream.id, [signal.id], { at: now(), attempts: 1 });
    return streamStore.markSucceeded(stream.id);
  }
  await signalStore.markFailed(signal.id, outcome.error);
  if (outcome.kind === 'refused') {
    return signalStore.markRefused(stream.id, [{ id: signal.id, error: outcome.error }], now());
  }
  const failingSince = await streamStore.markFailed(stream.id, now(), outcome.error);
  await pauseIfHopeless(dependencies, stream, failingSince);
  const { pauseSeconds } = outcome;
  if (pauseSeconds !== undefined) throw new RetryLater(outcome.error, pauseSeconds);
  throw new Error(outcome.error);
}

async function push(
  { keyring, fetch, now }: PushDeliveryDependencies,
  { id, endpointUrl = '', authorizationHeader: sealed }: SignalStream,
  token: string,
  signal: AbortSignal,
): Promise<PushOutcome> {
  const authorization = sealed && keyring.open(sealed, streamContext(id)).toString();
  return sendPush(fetch, { url: endpointUrl, authorization, token, at: now(), signal });
}

async function pauseIfHopeless(
  { db, streamStore, signalStore, audit, now }: PushDeliveryDependencies,
  stream: SignalStream,
  failingSince: Date,
): Promise<void> {
  const at = now();
  if (at.getTime() - failingSince.getTime() < pausedAfterMilliseconds) return;
  const reason = 'No event could be delivered for three days.';
  const change = { status: 'paused', reason, heldBy: 'failing' } as const;
  await db.transaction(async (tx) => {
    if (!(await streamStore.hold(stream, change, tx))) return;
    await signalStore.add([updatedSignal(stream, change, at)], tx);
    const { clientId } = stream;
    const details = { stream: stream.id, cause: 'failing' };
    const event = 'signal_stream.suspended';
    await audit.append({ event, actor: systemActor, clientId, details }, tx);
  });
}
