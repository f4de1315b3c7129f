// Imports users from another system, several hundred at a time. Existing users are left unchanged,
// so the same file can be imported again, for example after a crash: only missing users are added.
import { randomUUID } from 'node:crypto';
import type { AuditActor } from '#core/audit/audit.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { ImportStore, NewUser, Obstacle } from './user-import.store.ts';
import type { ImportRecord } from './import-record.ts';
import { storeHash } from './sealed-hashes.service.ts';

export interface UserImportServiceDependencies {
  readonly imports: ImportStore;
  readonly audit: Audit;
  readonly keyring: Keyring;
  /** Called with the number of new accounts, for metrics. */
  readonly imported: (count: number) => void;
  readonly now: () => Date;
}

/** `exists`: an account with this address exists and is left unchanged. */
export type ImportOutcome = 'imported' | 'exists' | 'id_taken' | 'id_deleted';

export interface ImportCounts {
  readonly imported: number;
  readonly exists: number;
  readonly refused: number;
}

interface ImportPart {
  readonly run: string;
  readonly at: Date;
  readonly actor: AuditActor;
}

const operator: AuditActor = { kind: 'operator' };
const meaning: Readonly<Record<Exclude<Obstacle, undefined>, ImportOutcome>> = {
  email: 'exists',
  id: 'id_taken',
  deleted: 'id_deleted',
};

export function createUserImport(dependencies: UserImportServiceDependencies) {
  const { imports, audit, keyring, imported, now } = dependencies;

  function prepare(record: ImportRecord, { run, at, actor }: ImportPart): NewUser {
    const { password, ...person } = record;
    const id = record.id ?? randomUUID();
    const details = { import: run, ...(record.blocked ? { blocked: true } : {}) };
    return {
      ...person,
      id,
      createdAt: record.createdAt ?? at,
      passwordHash: password && storeHash(password, keyring),
      entry: audit.record({ event: 'user.registered', actor, userId: id, details }),
    };
  }

  /** Determines the outcome without writing anything. In the order of the records. */
  async function look(records: readonly ImportRecord[]): Promise<readonly ImportOutcome[]> {
    const found = await imports.findObstacles(records);
    return found.map((obstacle) => (obstacle ? meaning[obstacle] : 'imported'));
  }

  return {
    look,

    /** @returns the id of the run, which the audit entry of every imported user contains */
    async begin(actor = operator): Promise<string> {
      const run = randomUUID();
      await audit.append({ event: 'import.started', actor, details: { import: run } });
      return run;
    },

    /** Addresses and ids must be distinct among the records of one call. */
    async take(
      run: string,
      records: readonly ImportRecord[],
      actor = operator,
    ): Promise<readonly ImportOutcome[]> {
      const at = now();
      const outcomes = await look(records);
      const fresh = records.filter((_, place) => outcomes[place] === 'imported');
      const made = await imports.insert(
        fresh.map((record) => prepare(record, { run, at, actor })),
        at,
      );
      imported(made.size);
      return outcomes.map((outcome, place) => {
        const isMade = made.has(records[place]?.emailKey ?? '');
        // Another request created the account in the meantime.
        return outcome === 'imported' && !isMade ? 'exists' : outcome;
      });
    },

    async end(run: string, counts: ImportCounts, actor = operator): Promise<void> {
      const details = { import: run, ...counts };
      await audit.append({ event: 'import.ended', actor, details });
    },
  };
}

export type UserImport = ReturnType<typeof createUserImport>;
