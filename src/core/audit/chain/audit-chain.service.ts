// Seals the audit log: assigns each recorded event its position in the chain, and signs the head of
// the chain. Appending is independent of it, so sign-ins never wait for each other.
//
// The order of the chain is the order of sealing. Events become visible when their transactions
// commit, not necessarily in the order of their times; visible events get the next positions and
// later commits get later ones. Sealing therefore never waits for open transactions, and no event
// can appear before a sealed one.
import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import { chainText, genesisHash, type AuditRow } from './audit-chain.ts';
import { sha256 } from '#platform/crypto/hashing.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { AuditChainStore, ChainLink, ChainTip } from './audit-chain.store.ts';
import type { AuditHeads } from './signed-heads.service.ts';

const intervalMilliseconds = 1000;
/** Events per transaction, which takes tens of milliseconds. */
const batch = 500;

export interface AuditChainDependencies {
  readonly db: Database;
  readonly chain: AuditChainStore;
  readonly heads: AuditHeads;
  readonly log: Log;
}

/** Called in the transaction that seals these events, with the events in the order of the chain. */
export type SealingListener = (rows: readonly AuditRow[], tx: Knex) => Promise<void>;

export function createAuditChain({ db, chain, heads, log }: AuditChainDependencies) {
  const listeners: SealingListener[] = [];

  /**
   * Returns the number of sealed events: less than a batch when no more are waiting or another
   * process is sealing.
   */
  async function sealBatch(): Promise<number> {
    return db.transaction(async (tx) => {
      if (!(await chain.lock(tx))) return 0;
      // Read after locking: what the previous holder sealed is visible once it has released the
      // lock.
      const rows = await chain.takeUnsealed(batch, tx);
      if (rows.length === 0) return 0;
      const links = linkUp(rows, (await chain.tip(tx)) ?? genesis);
      const last = links.at(-1) ?? genesis;
      const head = await heads.sign(last.seq, last.hash, tx);
      if (!(await chain.seal(links, head, tx))) {
        throw new Error('An audit event was sealed by a process that did not hold the lock.');
      }
      for (const listen of listeners) await listen(rows, tx);
      return rows.length;
    });
  }

  /** Seals all waiting events; returns their number. */
  async function seal(signal?: AbortSignal): Promise<number> {
    if (!(await chain.hasUnsealed())) return 0;
    let total = 0;
    for (;;) {
      const sealed = await sealBatch();
      total += sealed;
      if (sealed < batch || signal?.aborted) return total;
    }
  }

  return {
    seal,
    /**
     * Registers a consequence of events, such as a webhook message: it happens once per event, if and only if
     * the event is sealed.
     */
    whenSealing(listener: SealingListener): void {
      listeners.push(listener);
    },
    /** Runs until the signal. A failure is logged and retried. Every node may run it. */
    async runForever(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        try {
          await pause(intervalMilliseconds, undefined, { signal, ref: false });
          const count = await seal(signal);
          if (count > 0) log.debug({ event: 'audit.sealed', count }, 'sealed audit entries');
        } catch (error) {
          if (signal.aborted) return;
          log.warn(
            { event: 'audit.sealing_failed', error },
            'sealing the audit log failed; retrying',
          );
        }
      }
    },
    /** Runs before a stop, so that the events of the last second do not wait for the next start. */
    async sealTheRest(): Promise<void> {
      try {
        await seal();
      } catch (error) {
        log.warn(
          { event: 'audit.sealing_failed', error },
          'sealing the audit log failed; the remaining events are sealed after the next start',
        );
      }
    },
  };
}

export type AuditChain = ReturnType<typeof createAuditChain>;

const genesis: ChainTip = { seq: 0, hash: Buffer.from(genesisHash) };

function linkUp(rows: readonly AuditRow[], tip: ChainTip): ChainLink[] {
  let { seq, hash } = tip;
  return rows.map((row) => {
    const previousHash = hash;
    seq += 1;
    hash = sha256(chainText(row, seq, previousHash));
    return { id: row.id, seq, previousHash, hash };
  });
}
