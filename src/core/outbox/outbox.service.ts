// Puts into the outbox what an act causes to be sent, and says so once the act is committed.
// Delivering is worker.service.ts.
import type { Knex } from 'knex';
import { randomUUID } from 'node:crypto';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { OutboxItem, OutboxStore } from './outbox.store.ts';

/** A mail by its template's name; the words are chosen when it is written, in that language. */
export interface MailOrder {
  readonly kind: 'mail';
  /** `undefined`: it goes to an address that belongs to no account yet. */
  readonly userId: string | undefined;
  readonly to: string;
  readonly locale: string | undefined;
  readonly template: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Tells one app that a session of its person is over (OIDC Back-Channel Logout 1.0). */
export interface LogoutOrder {
  readonly kind: 'backchannel_logout';
  readonly userId: string;
  readonly clientId: string;
  readonly sid: string | undefined;
}

export type OutboxOrder = MailOrder | LogoutOrder;

export type OrderOf<Kind extends OutboxOrder['kind']> = Extract<OutboxOrder, { kind: Kind }>;

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

  /** For statements that write it beside something else; whoever runs them announces it. */
  function seal(order: OutboxOrder): OutboxItem {
    const id = randomUUID();
    return {
      id,
      kind: order.kind,
      userId: order.userId,
      clientId: order.kind === 'backchannel_logout' ? order.clientId : undefined,
      sealed: keyring.seal(JSON.stringify(order), contextOf(id)),
      createdAt: now(),
    };
  }

  return {
    seal,
    announce,
    /** In the transaction of the act: it is sent if and only if the act took place. */
    async add(orders: readonly OutboxOrder[], tx?: Knex): Promise<void> {
      if (orders.length === 0) return;
      await store.add(orders.map(seal), now(), tx);
      // Before the commit nobody could find it. After a failed one there is nothing to find.
      endOf(tx).then(announce, () => undefined);
    },
    /**
     * Costs what a mail costs and sends none: whoever waits for the answer must not learn from its
     * time whether one was sent.
     */
    async addNothing(order: MailOrder, tx: Knex): Promise<void> {
      await store.addSent(seal({ ...order, userId: undefined }), now(), tx);
      endOf(tx).then(announce, () => undefined);
    },
    /** Hears of what this process adds; others look for it from time to time. */
    whenAdded(listener: () => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    open({ id, sealed }: Pick<OutboxItem, 'id' | 'sealed'>): OutboxOrder {
      return JSON.parse(keyring.open(sealed, contextOf(id)).toString()) as OutboxOrder; // sealed above
    },
  };
}

export type Outbox = ReturnType<typeof createOutbox>;

async function endOf(tx: Knex | undefined): Promise<void> {
  if (tx?.isTransaction === true) await (tx as Knex.Transaction).executionPromise; // as it says
}

function contextOf(id: string): string {
  return `outbox ${id}`;
}
