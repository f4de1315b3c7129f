// Administration of streams by operators, who decide which signals a receiver may get and can stop any
// stream. The receiver decides the rest (streams.service.ts).
import type { Knex } from 'knex';
import type { AuditActor, AuditEvent } from '#core/audit/audit.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Database } from '#platform/database/postgres.ts';
import { cutPage, type Page, type PageRequest } from '#platform/paging.ts';
import type { SignalQueue } from '#features/shared-signals/events/signal-queue.service.ts';
import { updatedSignal } from '#features/shared-signals/events/stream-signals.ts';
import type { SignalRecord } from '#features/shared-signals/events/signals.ts';
import type { SignalStore } from '#features/shared-signals/events/signals.store.ts';
import type { SignalStream, StreamPolicy, StreamStatus } from './streams.ts';
import type { StreamStore } from './streams.store.ts';
import { changedMeanwhile, noSuchStream } from './streams.service.ts';

export interface StreamAdministrationDependencies {
  readonly db: Database;
  readonly streamStore: StreamStore;
  readonly signalStore: SignalStore;
  readonly signalQueue: SignalQueue;
  readonly audit: Audit;
  readonly now: () => Date;
}

export interface StreamChanges extends Partial<StreamPolicy> {
  readonly status?: StreamStatus;
  /** Shown to the receiver. */
  readonly reason?: string | undefined;
}

export interface StreamChange {
  readonly by: AuditActor;
  /** Receives the stream as it is before the change, and throws to refuse the change. */
  readonly check?: (before: SignalStream) => void;
}

export function createStreamAdministration(dependencies: StreamAdministrationDependencies) {
  const { db, streamStore, signalStore } = dependencies;

  async function find(id: string): Promise<SignalStream> {
    const stream = await streamStore.find(id);
    if (stream) return stream;
    throw noSuchStream();
  }

  return {
    /** @throws AppError `not_found` */
    find,
    /** In the order of creation. */
    async list({ after, limit }: PageRequest): Promise<Page<SignalStream>> {
      const found = await streamStore.list(after?.[0], limit + 1);
      return cutPage(found, limit, ({ id }) => [id]);
    },
    /** The recent signals of a stream, most recent first. @throws AppError `not_found` */
    async listSignals(id: string, { after, limit }: PageRequest): Promise<Page<SignalRecord>> {
      await find(id);
      const found = await signalStore.list(id, after, limit + 1);
      return cutPage(found, limit, ({ createdAt, id: jti }) => [createdAt.toISOString(), jti]);
    },
    /** The number of pending signals of each of these receivers. */
    countWaiting: (ids: readonly string[]) => signalStore.countWaiting(ids),
    /** @throws AppError `not_found`, or `conflict` after a concurrent change */
    async update(id: string, changes: StreamChanges, change: StreamChange): Promise<SignalStream> {
      const before = await find(id);
      change.check?.(before);
      const { subjectFormat, algorithm, allUsers } = { ...before, ...changes };
      const policy = { subjectFormat, algorithm, allUsers };
      await db.transaction(async (tx) => {
        if (!(await streamStore.update(before, { policy }, tx))) throw changedMeanwhile();
        const changed = { ...before, ...policy, version: before.version + 1 };
        await setStatus(dependencies, changed, changes, tx);
        const members = Object.keys(changes);
        await record(dependencies, 'signal_stream.updated', before, { by: change.by, members }, tx);
      });
      return find(id);
    },
    /**
     * Also deletes the stream's signals. @throws AppError `not_found`, or `conflict` after a concurrent
     * change
     */
    async remove(id: string, by: AuditActor): Promise<void> {
      const stream = await find(id);
      await db.transaction(async (tx) => {
        if (!(await streamStore.remove(stream, tx))) throw changedMeanwhile();
        await record(dependencies, 'signal_stream.deleted', stream, { by }, tx);
      });
    },
  };
}

export type StreamAdministration = ReturnType<typeof createStreamAdministration>;

/** The receiver is notified, and pending signals are sent or dropped. */
async function setStatus(
  { streamStore, signalStore, signalQueue, now }: StreamAdministrationDependencies,
  stream: SignalStream,
  { status, reason }: StreamChanges,
  tx: Knex,
): Promise<void> {
  if (status === undefined) return;
  const heldBy = status === 'enabled' ? undefined : ('operator' as const);
  const change = { status, reason, heldBy };
  if (!(await streamStore.setStatus(stream, change, tx))) throw changedMeanwhile();
  if (status === 'disabled') await signalStore.dropWaiting(stream.id, tx);
  if (status !== stream.status) {
    await signalQueue.addOwn(stream, updatedSignal(stream, change, now()), tx);
  }
}

async function record(
  { audit }: StreamAdministrationDependencies,
  event: AuditEvent,
  { id, clientId }: SignalStream,
  { by, ...details }: { readonly by: AuditActor; readonly members?: readonly string[] },
  tx: Knex,
): Promise<void> {
  await audit.append({ event, actor: by, clientId, details: { stream: id, ...details } }, tx);
}
