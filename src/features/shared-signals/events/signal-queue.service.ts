// Queues signals in the transaction that seals the audit log: an act and its audit event are committed
// together, and every sealed event arrives here exactly once, in the order of the chain.
import type { Knex } from 'knex';
import type { AuditRow } from '#core/audit/chain/audit-chain.ts';
import { systemActor } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Outbox, SignalOrder } from '#core/outbox/outbox.service.ts';
import { timeOrderedUuid } from '#platform/crypto/ids.ts';
import { accountPurged, maxWaitingSignals } from '#features/shared-signals/signal-types.ts';
import { eventsDelivered, type SignalStream } from '#features/shared-signals/streams/streams.ts';
import type { StreamStore } from '#features/shared-signals/streams/streams.store.ts';
import { commonMembers, signalsOf, type CausedSignal, type Signal } from './signals.ts';
import {
  pairOf,
  type Relations,
  type SessionIds,
  type SignalSubjectStore,
} from './signal-subjects.store.ts';
import type { SignalStore } from './signals.store.ts';
import { updatedSignal } from './stream-signals.ts';

export interface SignalQueueDependencies {
  readonly streamStore: StreamStore;
  readonly signalStore: SignalStore;
  readonly signalSubjects: SignalSubjectStore;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly now: () => Date;
}

interface Caused {
  readonly row: AuditRow & { readonly userId: string };
  readonly signal: CausedSignal;
}

export function createSignalQueue(dependencies: SignalQueueDependencies) {
  const { streamStore, signalStore, signalSubjects, outbox, now } = dependencies;

  return {
    /** Called with the events that a transaction seals, in that transaction. */
    async queue(rows: readonly AuditRow[], tx: Knex): Promise<void> {
      const streams = await streamStore.listReceiving(tx);
      if (streams.length === 0) return;
      const caused = rows.filter(isAboutUser).flatMap(causedBy);
      if (caused.length === 0) return;
      const userIds = [...new Set(caused.map(({ row }) => row.userId))];
      const clientIds = [...new Set(streams.map(({ clientId }) => clientId))];
      const relations = await signalSubjects.relationsOf(userIds, clientIds, tx);
      const sessionUids = caused.flatMap(({ signal }) => signal.sessionUid ?? []);
      const sessionIds = await signalSubjects.sessionIds(sessionUids, tx);
      const at = now();
      const signals = streams.flatMap((stream) =>
        caused.flatMap((each) => signalFor(stream, each, { relations, sessionIds, at }) ?? []),
      );
      await addWithinLimits(dependencies, streams, signals, tx);
      const purged = caused.filter(({ signal }) => signal.type === accountPurged);
      await signalSubjects.forget([...new Set(purged.map(({ row }) => row.userId))], tx);
    },
    /** Adds a signal about the stream itself. */
    async addOwn(stream: SignalStream, signal: Signal, tx: Knex): Promise<void> {
      await signalStore.add([signal], tx);
      await outbox.add(pushesOf([stream]), tx);
    },
    /** Starts the delivery of pending signals, if the receiver uses push. */
    async wake(stream: SignalStream, tx?: Knex): Promise<void> {
      await outbox.add(pushesOf([stream]), tx);
    },
  };
}

export type SignalQueue = ReturnType<typeof createSignalQueue>;

function isAboutUser(row: AuditRow): row is Caused['row'] {
  return row.userId !== null;
}

function causedBy(row: Caused['row']): readonly Caused[] {
  return signalsOf(row).map((signal) => ({ row, signal }));
}

interface Known {
  readonly relations: Relations;
  readonly sessionIds: SessionIds;
  readonly at: Date;
}

function signalFor(
  stream: SignalStream,
  { row, signal }: Caused,
  { relations, sessionIds, at }: Known,
): Signal | undefined {
  const { id: streamId, clientId } = stream;
  const { userId } = row;
  if (!eventsDelivered(stream).includes(signal.type)) return undefined;
  if (relations.removed.has(pairOf(userId, streamId))) return undefined;
  // A client that was not authorized in a session need not learn that it ended.
  const sid = signal.sessionUid && sessionIds.get(pairOf(signal.sessionUid, clientId));
  if (signal.sessionUid !== undefined && sid === undefined) return undefined;
  const isRelated =
    stream.allUsers ||
    sid !== undefined ||
    relations.pairs.has(pairOf(userId, clientId)) ||
    relations.departed.has(pairOf(userId, streamId));
  if (!isRelated) return undefined;
  return {
    id: timeOrderedUuid(at),
    streamId,
    userId,
    auditId: row.id,
    type: signal.type,
    content: {
      event: { ...signal.members, ...commonMembers(row) },
      ...(sid === undefined ? {} : { sid }),
    },
    createdAt: at,
  };
}

/** A receiver that does not fetch its signals must not fill the table. */
async function addWithinLimits(
  dependencies: SignalQueueDependencies,
  streams: readonly SignalStream[],
  signals: readonly Signal[],
  tx: Knex,
): Promise<void> {
  if (signals.length === 0) return;
  const { signalStore, outbox } = dependencies;
  const byStream = Map.groupBy(signals, ({ streamId }) => streamId);
  const waiting = await signalStore.countWaiting([...byStream.keys()], tx);
  const receiving = streams.filter(({ id }) => byStream.has(id));
  const isFull = ({ id }: SignalStream) =>
    (waiting.get(id) ?? 0) + (byStream.get(id)?.length ?? 0) > maxWaitingSignals;
  const full = new Set(receiving.filter(isFull).map(({ id }) => id));
  await signalStore.add(
    signals.filter(({ streamId }) => !full.has(streamId)),
    tx,
  );
  for (const stream of receiving) if (full.has(stream.id)) await overflow(dependencies, stream, tx);
  await outbox.add(pushesOf(receiving), tx);
}

async function overflow(
  { streamStore, signalStore, audit, now }: SignalQueueDependencies,
  stream: SignalStream,
  tx: Knex,
): Promise<void> {
  const reason = 'Too many events were not fetched.';
  const change = { status: 'disabled', reason, heldBy: 'overflow' } as const;
  if (!(await streamStore.hold(stream, change, tx))) return;
  await signalStore.dropWaiting(stream.id, tx);
  await signalStore.add([updatedSignal(stream, change, now())], tx);
  const details = { stream: stream.id, cause: 'overflow' };
  const { clientId } = stream;
  const event = 'signal_stream.suspended';
  await audit.append({ event, actor: systemActor, clientId, details }, tx);
}

function pushesOf(streams: readonly SignalStream[]): readonly SignalOrder[] {
  return streams
    .filter(({ endpointUrl }) => endpointUrl !== undefined)
    .map(({ id: streamId, clientId }) => ({
      kind: 'signal',
      userId: undefined,
      clientId,
      streamId,
    }));
}
