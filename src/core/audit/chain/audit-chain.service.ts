// Seals the audit: gives each entry that was written down its place in the chain, and signs how far
// the chain reaches. Appending knows nothing of it, so no sign-in waits for another one.
//
// The order of the chain is the order of sealing. Entries become visible when their transactions
// commit, which need not be in the order of their times; whatever is visible gets the next places,
// and what commits later comes later. Nothing has to wait for open transactions, and no entry can
// appear in front of a sealed one.
import { setTimeout as pause } from 'node:timers/promises';
import { chainText, genesisHash, type AuditRow } from './audit-chain.ts';
import { sha256 } from '#platform/crypto/hashing.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { AuditChainStore, ChainLink, ChainTip } from './audit-chain.store.ts';
import type { AuditHeads } from './signed-heads.service.ts';

const everyMilliseconds = 1000;
/** Entries per transaction: tens of milliseconds. */
const batch = 500;

export interface AuditChainDependencies {
  readonly db: Database;
  readonly chain: AuditChainStore;
  readonly heads: AuditHeads;
  readonly log: Log;
}

export function createAuditChain({ db, chain, heads, log }: AuditChainDependencies) {
  /** How many entries were sealed: fewer than a batch when nothing more waits, or others are at it. */
  async function sealBatch(): Promise<number> {
    return db.transaction(async (tx) => {
      if (!(await chain.lock(tx))) return 0;
      // Only now: what the process before us has sealed is visible since it let go of the lock.
      const rows = await chain.takeUnsealed(batch, tx);
      if (rows.length === 0) return 0;
      const links = linkUp(rows, (await chain.tip(tx)) ?? genesis);
      const last = links.at(-1) ?? genesis;
      const head = await heads.sign(last.seq, last.hash, tx);
      if (await chain.seal(links, head, tx)) return rows.length;
      throw new Error('An entry of the audit was sealed by somebody who did not hold the lock.');
    });
  }

  /** Seals everything that is there to be sealed; returns how many entries. */
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
    /** Runs until the signal; a failure is logged and tried again. Every node may do it. */
    async runForever(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        try {
          await pause(everyMilliseconds, undefined, { signal, ref: false });
          const count = await seal(signal);
          if (count > 0) log.debug({ event: 'audit.sealed', count }, 'sealed audit entries');
        } catch (error) {
          if (signal.aborted) return;
          log.warn({ event: 'audit.sealing_failed', error }, 'will try again');
        }
      }
    },
    /** The last thing before a stop: entries of the last second shall not wait for the next start. */
    async sealTheRest(): Promise<void> {
      try {
        await seal();
      } catch (error) {
        log.warn({ event: 'audit.sealing_failed', error }, 'the next start seals the rest');
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
