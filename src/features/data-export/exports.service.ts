// Asking for a copy of one's data, and fetching it: once, within a week. Writing it is left to
// export-writer.service.ts; who it is has been proven before (data-export.pages.ts).
import { randomUUID } from 'node:crypto';
import { sessionRevoked } from '#platform/errors.ts';
import type { User } from '#core/users/users.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { AccountExport, ExportStore, TakenExport } from './exports.store.ts';
import { chunkContext, exportDays, type ExportMaking } from './export-writer.service.ts';

/** Between two copies: whoever broke off a download waits no longer than for a cup of tea. */
export const exportsApartMinutes = 15;
const minuteMilliseconds = 60 * 1000;
const dayMilliseconds = 24 * 60 * minuteMilliseconds;

export interface ExportDependencies {
  readonly db: Database;
  readonly exports: ExportStore;
  readonly users: UserStore;
  readonly making: Pick<ExportMaking, 'hurry'>;
  readonly audit: Audit;
  readonly keyring: Keyring;
  readonly now: () => Date;
}

/** `ready`: it can be fetched. `over`: it was, or its time has passed. */
export interface ExportState {
  readonly stage: 'none' | 'making' | 'ready' | 'over';
  readonly export?: AccountExport;
  /** False: there is one, or there was one a moment ago. */
  readonly mayAsk: boolean;
}

export function createExports(dependencies: ExportDependencies) {
  const { db, exports, making, users, audit, keyring, now } = dependencies;

  const askedBefore = (): Date =>
    new Date(now().getTime() - exportsApartMinutes * minuteMilliseconds);

  async function openChunk(
    taken: TakenExport,
    number: number,
    tx?: Parameters<ExportStore['takeChunk']>[2],
  ): Promise<Buffer> {
    const sealed = await exports.takeChunk(taken, number, tx);
    if (sealed === undefined) throw new Error('A piece of an export is missing.');
    return keyring.open(sealed, chunkContext(taken, number));
  }

  async function* read(taken: TakenExport, first: Buffer): AsyncGenerator<Buffer> {
    yield first;
    for (let number = 1; number < taken.chunks; number += 1) yield openChunk(taken, number);
  }

  return {
    async state(userId: string): Promise<ExportState> {
      const found = await exports.find(userId);
      if (!found) return { stage: 'none', mayAsk: true };
      const isOver = found.fetchedAt !== undefined || found.expiresAt <= now();
      if (!isOver) {
        return { stage: found.readyAt ? 'ready' : 'making', export: found, mayAsk: false };
      }
      return { stage: 'over', export: found, mayAsk: found.requestedAt <= askedBefore() };
    },
    /** False: there is one already, or there was one a moment ago. */
    async request(user: User): Promise<boolean> {
      const { id: userId } = user;
      const at = now();
      const until = new Date(at.getTime() + exportDays * dayMilliseconds);
      const isNew = await db.transaction(async (tx) => {
        if (!(await users.holdUnrevoked(user, tx))) throw sessionRevoked();
        await exports.removeOld(userId, askedBefore(), at, tx);
        if (!(await exports.add({ id: randomUUID(), userId, at, until }, tx))) return false;
        const actor = { kind: 'user', id: userId } as const;
        await audit.append({ event: 'export.requested', actor, userId }, tx);
        return true;
      });
      if (isNew) making.hurry();
      return isNew;
    },
    /** Its bytes, which are gone as they are read. `undefined`: there is none, or somebody was faster. */
    async fetch({ id: userId }: User): Promise<AsyncGenerator<Buffer> | undefined> {
      // With its first piece: one that can not be opened was not fetched.
      return db.transaction(async (tx) => {
        const taken = await exports.take(userId, now(), tx);
        if (!taken) return undefined;
        const first = await openChunk(taken, 0, tx);
        const actor = { kind: 'user', id: userId } as const;
        await audit.append({ event: 'export.fetched', actor, userId }, tx);
        return read(taken, first);
      });
    },
  };
}

export type Exports = ReturnType<typeof createExports>;
