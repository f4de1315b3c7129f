// Sends what is in the outbox: one loop per server process, any number of processes. Each item is
// claimed by one of them for a while; should that one die, the claim runs out and another tries.
// So an item arrives at least once, and twice only when a process dies between sending and noting.
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '#platform/logging/log.ts';
import type { ClaimedItem, OutboxKind, OutboxStore } from './outbox.store.ts';
import { createCounters } from './concurrency.ts';
import type { DeliveryRecord } from './attempts.service.ts';
import type { OrderOf, Outbox } from './outbox.service.ts';

export interface Parcel {
  readonly id: string;
  /** Ends at the time limit. */
  readonly signal: AbortSignal;
}

/** Sends one order. Throws when that failed; `Undeliverable` when it always will. */
export type Courier<Kind extends OutboxKind> = (
  order: OrderOf<Kind>,
  parcel: Parcel,
) => Promise<void>;

/** How often other processes' additions are looked for. */
const pollMilliseconds = 2000;
/** Longer than any time limit: nobody else takes an item that is being sent. */
const claimMilliseconds = 60_000;
/** How long a stopping process lets what is under way go on. */
const graceMilliseconds = 5000;

/** How many are sent at once, and milliseconds for one. */
const limits = {
  mail: { atOnce: 4, milliseconds: 15_000 },
  backchannel_logout: { atOnce: 12, milliseconds: 3000 },
} as const satisfies Record<OutboxKind, object>;
/** Calls to one app at once: one that hangs must not keep the others waiting. */
const mostPerClient = 4;

export interface DeliveryDependencies {
  readonly store: OutboxStore;
  readonly outbox: Outbox;
  readonly record: DeliveryRecord;
  readonly log: Log;
  readonly now: () => Date;
}

export function createDelivery({ store, outbox, record, log, now }: DeliveryDependencies) {
  const couriers: { [Kind in OutboxKind]?: Courier<Kind> } = {};
  const byKind = createCounters<OutboxKind>();
  const byClient = createCounters<string>();
  const underWay = new Set<Promise<void>>();
  const hurry = new AbortController();
  let looking: Promise<void> | undefined;
  let lookAgain = false;
  let stopping = false;

  /** Kinds that somebody carries and that have a place free. */
  function openKinds(): OutboxKind[] {
    const carried = Object.keys(couriers) as OutboxKind[]; // its keys are kinds
    return carried.filter((kind) => byKind.count(kind) < limits[kind].atOnce);
  }

  async function carry(item: ClaimedItem, signal: AbortSignal): Promise<void> {
    const order = outbox.open(item);
    const parcel = { id: item.id, signal };
    if (order.kind === 'mail') return couriers.mail?.(order, parcel);
    return couriers.backchannel_logout?.(order, parcel);
  }

  async function deliver(item: ClaimedItem): Promise<void> {
    const limit = AbortSignal.timeout(limits[item.kind].milliseconds);
    const signal = AbortSignal.any([limit, hurry.signal]);
    try {
      await Promise.race([carry(item, signal), failWhen(signal)]);
    } catch (error) {
      return record.failed(item, error);
    }
    return record.sent(item);
  }

  function start(item: ClaimedItem): void {
    const release = [byKind.add(item.kind), item.clientId && byClient.add(item.clientId)];
    const work = deliver(item)
      // The claim runs out by itself, and then it is tried again.
      .catch((err: unknown) => log.warn({ event: 'outbox.note_failed', err }, 'will try again'))
      .finally(() => {
        for (const free of release) if (free) free();
        underWay.delete(work);
        look();
      });
    underWay.add(work);
  }

  async function takeAll(): Promise<void> {
    for (;;) {
      const kinds = openKinds();
      if (kinds.length === 0 || stopping) return;
      const at = now();
      const until = new Date(at.getTime() + claimMilliseconds);
      const item = await store.claim({ at, until, kinds, except: byClient.atLeast(mostPerClient) });
      if (!item) return;
      start(item);
    }
  }

  /** One look at a time, and one more when something was added meanwhile. */
  function look(): void {
    lookAgain = true;
    looking ??= (async () => {
      while (lookAgain) {
        lookAgain = false;
        await takeAll();
      }
    })()
      .catch((err: unknown) => log.warn({ event: 'outbox.unreachable', err }, 'will try again'))
      .finally(() => {
        looking = undefined;
      });
  }

  async function untilIdle(): Promise<void> {
    if (!looking && underWay.size === 0) return;
    await Promise.all([looking, ...underWay]);
    await untilIdle();
  }

  return {
    /** Says who carries a kind. What nobody carries waits. */
    employ<Kind extends OutboxKind>(kind: Kind, courier: Courier<Kind>): void {
      Object.assign(couriers, { [kind]: courier });
    },
    /** Sends all that is due now; resolves when nothing is left or under way. */
    async deliverDue(): Promise<void> {
      look();
      await untilIdle();
    },
    /** Runs until the signal, and then until what is under way has ended. */
    async runForever(signal: AbortSignal): Promise<void> {
      const stopListening = outbox.whenAdded(look);
      while (!signal.aborted) {
        look();
        await pause(pollMilliseconds, undefined, { signal, ref: false }).catch(() => undefined);
      }
      stopListening();
      stopping = true;
      const patience = setTimeout(() => hurry.abort(), graceMilliseconds);
      await looking;
      await Promise.all(underWay);
      clearTimeout(patience);
    },
  };
}

export type Delivery = ReturnType<typeof createDelivery>;

async function failWhen(signal: AbortSignal): Promise<never> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  throw new Error('It took too long.', { cause: signal.reason });
}
