// Adds jobs to the outbox in the transaction of the operation, and wakes the worker after the
// commit. Delivery is in worker.service.ts.
import type { Knex } from 'knex';
import { randomUUID } from 'node:crypto';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { MailOrder, StoredMail } from './mail/mail.ts';
import {
  outboxContext,
  type OutboxItem,
  type OutboxKind,
  type OutboxStore,
} from './outbox.store.ts';

/** Tells a client that a session of its user ended (OpenID Connect Back-Channel Logout 1.0). */
export interface LogoutOrder {
  readonly kind: 'backchannel_logout';
  readonly userId: string;
  readonly clientId: string;
  readonly sid: string | undefined;
}

/** Sends an audit event to a webhook. The event is read when it is sent. */
export interface WebhookOrder {
  readonly kind: 'webhook';
  readonly userId: undefined;
  readonly webhookId: string;
  readonly eventId: string;
}

/** Pushes the signals that are pending for a stream, and reads them at that moment. */
export interface SignalOrder {
  readonly kind: 'signal';
  readonly userId: undefined;
  /** The receiver. */
  readonly clientId: string;
  readonly streamId: string;
}

/** Tells a client that a user has decided about its request (CIBA Core 1.0 §10.2). */
export interface PingOrder {
  readonly kind: 'backchannel_ping';
  readonly userId: string;
  readonly clientId: string;
  readonly authReqId: string;
  /** The client's bearer token for its notification endpoint. */
  readonly token: string;
  /** In ISO 8601; after this time, the ping is useless. */
  readonly until: string;
}

export type OutboxOrder = MailOrder | LogoutOrder | WebhookOrder | SignalOrder | PingOrder;

/** What the handler of each kind of job receives. */
export interface JobPayloads {
  readonly mail: StoredMail;
  readonly backchannel_logout: LogoutOrder;
  readonly webhook: WebhookOrder;
  readonly signal: SignalOrder;
  readonly backchannel_ping: PingOrder;
}

export type OrderOf<Kind extends OutboxKind> = JobPayloads[Kind];

export interface OutboxDependencies {
  readonly store: OutboxStore;
  readonly keyring: Keyring;
  readonly now: () => Date;
}

export function createOutbox({ store, keyring, now }: OutboxDependencies) {
  const listeners = new Set<() => void>();

  function announce(): void {
    for (const listener of listeners) listener();
  }

  /** For a statement that inserts the job itself; its caller then announces the job. */
  function seal(order: OutboxOrder): OutboxItem {
    const id = randomUUID();
    return {
      id,
      kind: order.kind,
      userId: order.userId,
      clientId: 'clientId' in order ? order.clientId : undefined,
      webhookId: order.kind === 'webhook' ? order.webhookId : undefined,
      sealed: keyring.seal(JSON.stringify(order), outboxContext(id)),
      createdAt: now(),
    };
  }

  return {
    seal,
    announce,
    /**
     * Runs in the caller's transaction: the job is delivered if and only if the transaction
     * commits.
     */
    async add(orders: readonly OutboxOrder[], tx?: Knex): Promise<void> {
      if (orders.length === 0) return;
      await store.add(orders.map(seal), now(), tx);
      // Before the commit the job is not visible to the worker; after a rollback it does not exist.
      endOf(tx).then(announce, () => undefined);
    },
    /**
     * Takes as long as adding a mail but sends none, so that the response time does not reveal
     * whether mail was sent.
     */
    async addNothing(order: MailOrder, tx: Knex): Promise<void> {
      await store.addSent(seal({ ...order, userId: undefined }), now(), tx);
      endOf(tx).then(announce, () => undefined);
    },
    /** Called for jobs that this process adds; jobs of other processes are polled. */
    whenAdded(listener: () => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    open({ id, sealed }: Pick<OutboxItem, 'id' | 'sealed'>): OrderOf<OutboxKind> {
      const text = keyring.open(sealed, outboxContext(id)).toString();
      // The assertion holds because only `seal` encrypts under this context.
      return JSON.parse(text) as OrderOf<OutboxKind>;
    },
  };
}

export type Outbox = ReturnType<typeof createOutbox>;

async function endOf(tx: Knex | undefined): Promise<void> {
  // `isTransaction` proves the type.
  if (tx?.isTransaction === true) await (tx as Knex.Transaction).executionPromise;
}
