// An audit log with its chain on a database, without the rest of the product, and an attacker with
// database superuser rights, whom no trigger stops.
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { AuditEntry } from '#core/audit/audit.ts';
import { createKeyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import { createRequestOrigin } from '#platform/request/request-origin.ts';
import { runInRequestScope } from '#platform/request/request-scope.ts';
import { createAuditChain } from '#core/audit/chain/audit-chain.service.ts';
import { createAuditExport, type ExportOrder } from '#core/audit/chain/audit-export.service.ts';
import { createAuditHeads } from '#core/audit/chain/signed-heads.service.ts';
import { createAuditVerification } from '#core/audit/chain/verification.service.ts';
import { createAudit } from '#core/audit/audit.service.ts';
import { createSigningKeys } from '#core/keys/signing-keys.service.ts';
import { createAuditChainStore } from '#core/audit/chain/audit-chain.store.ts';
import { createAuditEventStore } from '#core/audit/audit-events.store.ts';
import { createAuditExportStore } from '#core/audit/chain/audit-export.store.ts';
import { createSigningKeyStore } from '#core/keys/signing-keys.store.ts';
import { later } from './builders.ts';
import { createTestLog } from '#test/support/services/databases.ts';

export type AuditRig = ReturnType<typeof openAudit>;

const keyring = createKeyring([{ id: 'test', key: Buffer.alloc(32, 7) }]);

/** The services of one node; several calls on one database simulate several nodes. */
export function openAudit(db: Database, now: () => Date = ticking()) {
  const origin = createRequestOrigin();
  const events = createAuditEventStore(db);
  const audit = createAudit({ events, origin, log: createTestLog(), now });
  const chain = createAuditChainStore(db);
  const keys = createSigningKeyStore(db);
  const signingKeys = createSigningKeys({ db, keys, keyring, audit, now });
  const heads = createAuditHeads({ signingKeys, issuer: 'https://id.example', now });
  const sealing = createAuditChain({ db, chain, heads, log: createTestLog() });
  const search = createAuditExportStore(db);
  const exporting = createAuditExport({ chain, search, sealing, signingKeys });

  function append(entry: Partial<AuditEntry> = {}, tx?: Knex) {
    const usual: AuditEntry = { event: 'sign_in.refused', actor: { kind: 'anonymous' } };
    return runInRequestScope(() => {
      origin.set({ requestId: randomUUID(), address: '192.0.2.7', device: 'Firefox' });
      return audit.append({ ...usual, ...entry }, tx);
    });
  }

  return {
    audit,
    events,
    append,
    chain,
    sealing,
    signingKeys,
    verification: createAuditVerification({ chain, heads }),
    /**
     * Empties the audit log and creates signing keys, since the tests of a file share the database.
     */
    async reset(): Promise<void> {
      await asSuperuser(db, (tx) => tx.raw('truncate audit_events, audit_heads'));
      await signingKeys.load();
      await asSuperuser(db, (tx) => tx.raw('truncate audit_events, audit_heads'));
    },
    /** Appends `count` entries, sealed in batches of `together`. */
    async fill(count: number, together = count): Promise<void> {
      for (let done = 0; done < count; done += together) {
        const turns = Array.from({ length: Math.min(together, count - done) }, (_, turn) => turn);
        for (const turn of turns) await append({ details: { turn: done + turn } });
        await sealing.seal();
      }
    },
    async exportLines(order: Partial<ExportOrder> = {}): Promise<Record<string, unknown>[]> {
      let text = '';
      for await (const lines of exporting.lines({ withPersonal: true, ...order })) text += lines;
      return text
        .trimEnd()
        .split('\n')
        .map((line): Record<string, unknown> => ({ ...Object(JSON.parse(line)) }));
    },
  };
}

/** Returns an audit log with `count` entries, sealed in batches of `together`. */
export async function filled(db: Database, count: number, together = count): Promise<AuditRig> {
  const audit = openAudit(db);
  await audit.reset();
  await audit.fill(count, together);
  return audit;
}

/** Triggers do not fire on a replica, and a superuser may declare the session to be one. */
export async function asSuperuser(
  db: Database,
  work: (tx: Knex) => PromiseLike<unknown>,
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.raw(`set local session_replication_role = 'replica'`);
    await work(tx);
  });
}

/** A clock that advances one second per entry. */
function ticking(): () => Date {
  let seconds = 0;
  return () => later((seconds += 1));
}
