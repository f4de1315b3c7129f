// Outbox worker: one loop per server process, with any number of processes. A process claims each
// job for a limited time; if it crashes, the claim expires and another process retries. A job is
// therefore delivered at least once, and twice only if a process crashes between delivering and
// recording.
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '#platform/logging/log.ts';
import type { ClaimedItem, OutboxKind, OutboxStore } from './outbox.store.ts';
import {
  createObservation,
  type NoteFailure,
  type Observation,
} from '#platform/observation/observation.ts';
import { createCounters } from './concurrency.ts';
import type { OutboxLog } from './attempts.service.ts';
import type { OrderOf, Outbox } from './outbox.service.ts';

export interface Job {
  readonly id: string;
  /** The time of the transaction that added the job. */
  readonly orderedAt: Date;
  /** The number of this attempt, from 1. */
  readonly attempt: number;
  /** Aborted at the time limit. */
  readonly signal: AbortSignal;
}

/** Handles one job. Throws on failure, and `Undeliverable` when retries are pointless. */
export type JobHandler<Kind extends OutboxKind> = (order: OrderOf<Kind>, job: Job) => Promise<void>;

/** A handler with the kind of its jobs. */
export type JobRegistration = {
  readonly [Kind in OutboxKind]: { readonly kind: Kind; readonly handle: JobHandler<Kind> };
}[OutboxKind];

/**
 * Delay after a job was added, so that the response to the request is sent first: the job may render a mail.
 */
const wakeMilliseconds = 50;
/** Interval of polling for jobs that other processes added. */
const pollMilliseconds = 2000;
/** Longer than every time limit, so that no other worker claims a job that is being delivered. */
const claimMilliseconds = 60_000;
/** Time that jobs in progress have to finish when the process stops. */
const graceMilliseconds = 5000;

/** Maximum number of concurrent jobs, and milliseconds for each. */
const limits = {
  mail: { atOnce: 4, milliseconds: 15_000 },
  backchannel_logout: { atOnce: 12, milliseconds: 3000 },
  backchannel_ping: { atOnce: 12, milliseconds: 3000 },
  webhook: { atOnce: 12, milliseconds: 15_000 },
  // A job may push several signals, one after the other.
  signal: { atOnce: 6, milliseconds: 40_000 },
} as const satisfies Record<OutboxKind, object>;
/** Concurrent requests to one client or webhook: one that hangs must not block the others. */
const maxPerReceiver = 4;

export interface OutboxWorkerDependencies {
  readonly store: OutboxStore;
  readonly outbox: Outbox;
  readonly record: OutboxLog;
  readonly log: Log;
  readonly now: () => Date;
  /** By default, results are not reported. */
  readonly observation?: Observation;
  /** One per kind. Jobs without a handler stay queued. */
  readonly handlers?: readonly JobRegistration[];
}

type Handlers = { [Kind in OutboxKind]?: JobHandler<Kind> };

export function createOutboxWorker(dependencies: OutboxWorkerDependencies) {
  const { store, outbox, log, now, observation = createObservation() } = dependencies;
  const handlers: Handlers = {};
  for (const { kind, handle } of dependencies.handlers ?? []) {
    Object.assign(handlers, { [kind]: handle });
  }
  const byKind = createCounters<OutboxKind>();
  const byReceiver = createCounters<string>();
  const inProgress = new Set<Promise<void>>();
  const cancellation = new AbortController();
  const deliver = createDelivery(dependencies, handlers, cancellation.signal);
  let stopping = false;

  /** Kinds that have a handler and free capacity. */
  function openKinds(): OutboxKind[] {
    const handled = Object.keys(handlers) as OutboxKind[]; // its keys are kinds
    return handled.filter((kind) => byKind.count(kind) < limits[kind].atOnce);
  }

  function start(item: ClaimedItem): void {
    const receiver = item.clientId ?? item.webhookId;
    const release = [byKind.add(item.kind), receiver && byReceiver.add(receiver)];
    const delivery = observation
      .runGroup({ kind: 'job', name: item.kind }, (noteFailure) => deliver(item, noteFailure))
      // The claim expires, after which the job is retried.
      .catch((err: unknown) =>
        log.warn(
          { event: 'outbox.note_failed', err },
          'the result of a job could not be recorded; retrying',
        ),
      )
      .finally(() => {
        for (const free of release) if (free) free();
        inProgress.delete(delivery);
        poll.start();
      });
    inProgress.add(delivery);
  }

  async function takeAll(): Promise<void> {
    for (;;) {
      const kinds = openKinds();
      if (kinds.length === 0 || stopping) return;
      const at = now();
      const until = new Date(at.getTime() + claimMilliseconds);
      const except = byReceiver.atLeast(maxPerReceiver);
      const item = await store.claim({ at, until, kinds, except });
      if (!item) return;
      start(item);
    }
  }

  const poll = createPoll(takeAll, log);

  async function untilIdle(): Promise<void> {
    if (!poll.running() && inProgress.size === 0) return;
    await Promise.all([poll.running(), ...inProgress]);
    await untilIdle();
  }

  return {
    /** Registers a handler that cannot be created before the worker. */
    registerHandler<Kind extends OutboxKind>(kind: Kind, handler: JobHandler<Kind>): void {
      Object.assign(handlers, { [kind]: handler });
    },
    /** Delivers all jobs that are due; resolves when none is left or in progress. */
    async deliverDue(): Promise<void> {
      poll.start();
      await untilIdle();
    },
    /** Runs until the signal, and then until the jobs in progress have finished. */
    async runForever(signal: AbortSignal): Promise<void> {
      const stopListening = outbox.whenAdded(poll.startSoon);
      while (!signal.aborted) {
        poll.start();
        await pause(pollMilliseconds, undefined, { signal, ref: false }).catch(() => undefined);
      }
      stopListening();
      stopping = true;
      const gracePeriod = setTimeout(() => cancellation.abort(), graceMilliseconds);
      await poll.running();
      await Promise.all(inProgress);
      clearTimeout(gracePeriod);
    },
  };
}

export type OutboxWorker = ReturnType<typeof createOutboxWorker>;

/**
 * Delivers a claimed job and records the result.
 * @param cancellation aborted when the process stops and its grace period has ended
 */
function createDelivery(
  { outbox, record }: Pick<OutboxWorkerDependencies, 'outbox' | 'record'>,
  handlers: Handlers,
  cancellation: AbortSignal,
) {
  async function handle(item: ClaimedItem, signal: AbortSignal): Promise<void> {
    const order = outbox.open(item);
    const job = { id: item.id, orderedAt: item.createdAt, attempt: item.attempts, signal };
    if (order.kind === 'mail') return handlers.mail?.(order, job);
    if (order.kind === 'webhook') return handlers.webhook?.(order, job);
    if (order.kind === 'signal') return handlers.signal?.(order, job);
    if (order.kind === 'backchannel_ping') return handlers.backchannel_ping?.(order, job);
    return handlers.backchannel_logout?.(order, job);
  }

  return async function deliver(item: ClaimedItem, noteFailure: NoteFailure): Promise<void> {
    const limit = AbortSignal.timeout(limits[item.kind].milliseconds);
    const signal = AbortSignal.any([limit, cancellation]);
    try {
      await Promise.race([handle(item, signal), failWhen(signal)]);
    } catch (error) {
      noteFailure(error);
      return record.failed(item, error);
    }
    return record.sent(item);
  };
}

/** Polls the outbox, one poll at a time, and once more if a job was added meanwhile. */
function createPoll(takeAll: () => Promise<void>, log: Log) {
  let running: Promise<void> | undefined;
  let again = false;
  let soon: NodeJS.Timeout | undefined;

  async function run(): Promise<void> {
    while (again) {
      again = false;
      await takeAll();
    }
  }

  function start(): void {
    again = true;
    running ??= run()
      .catch((err: unknown) =>
        log.warn({ event: 'outbox.unreachable', err }, 'the outbox could not be read; retrying'),
      )
      .finally(() => {
        running = undefined;
      });
  }

  return {
    start,
    /** Starts a moment later, when the request that added a job has been answered. */
    startSoon(): void {
      soon ??= setTimeout(() => {
        soon = undefined;
        start();
      }, wakeMilliseconds).unref();
    },
    /** The current poll, if any. */
    running: () => running,
  };
}

async function failWhen(signal: AbortSignal): Promise<never> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  throw new Error('The job exceeded its time limit.', { cause: signal.reason });
}
