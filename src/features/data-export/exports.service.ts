// Requests for a data export, and its single download within a week. export-writer.service.ts
// writes the export; data-export.pages.ts requires reauthentication before it calls this service.
import { randomUUID } from 'node:crypto';
import type { User } from '#core/users/users.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import {
  chunkContext,
  type AccountExport,
  type ExportStore,
  type TakenExport,
} from './exports.store.ts';
import { exportDays, type ExportWriter } from './export-writer.service.ts';

/** Minimum time between two exports; short, because an interrupted download requires a new export. */
export const exportsApartMinutes = 15;
const minuteMilliseconds = 60 * 1000;
const dayMilliseconds = 24 * 60 * minuteMilliseconds;

export interface ExportDependencies {
  readonly db: Database;
  readonly exports: ExportStore;
  readonly users: UserStore;
  readonly making: Pick<ExportWriter, 'hurry'>;
  readonly audit: Audit;
  readonly keyring: Keyring;
  readonly now: () => Date;
}

/** `ready`: the export can be downloaded. `over`: it has been downloaded or has expired. */
export interface ExportState {
  readonly stage: 'none' | 'making' | 'ready' | 'over';
  readonly export?: AccountExport;
  /** False while an export exists or the last request was too recent. */
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
    if (sealed === undefined) throw new Error('A chunk of the data export is missing.');
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
    /** Returns false if an export exists or the last request was too recent. */
    async request(user: User): Promise<boolean> {
      const { id: userId } = user;
      const at = now();
      const until = new Date(at.getTime() + exportDays * dayMilliseconds);
      const isNew = await db.transaction(async (tx) => {
        await users.requireUnrevoked(user, tx);
        await exports.removeOld(userId, askedBefore(), at, tx);
        if (!(await exports.add({ id: randomUUID(), userId, at, until }, tx))) return false;
        const actor = { kind: 'user', id: userId } as const;
        await audit.append({ event: 'export.requested', actor, userId }, tx);
        return true;
      });
      if (isNew) making.hurry();
      return isNew;
    },
    /**
     * Returns the bytes of the export, which are deleted as they are read, or `undefined` if there
     * is none or another request has taken it.
     */
    async fetch({ id: userId }: User): Promise<AsyncGenerator<Buffer> | undefined> {
      // The first chunk is opened in the transaction: if that fails, the export is not marked as
      // taken.
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
