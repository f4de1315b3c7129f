// Writes requested data exports in the background, one at a time per process. A process claims an
// export before it writes it; if the process crashes, the claim expires and another process starts
// again.
import { setTimeout as pause } from 'node:timers/promises';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Log } from '#platform/logging/log.ts';
import type { SigningKeys } from '#core/keys/signing-keys.service.ts';
import { mailTo } from '#core/outbox/mail/mail.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { chunkContext, type ClaimedExport, type ExportStore } from './exports.store.ts';
import type { User } from '#core/users/users.ts';
import type { ExportContent } from './export-content.service.ts';
import { exportReadyMail } from './export-mail-templates.ts';
import { exportAlgorithm, writeDocument } from './export-document.ts';

/** Days in which an export can be downloaded. */
export const exportDays = 7;
const dayMilliseconds = 24 * 60 * 60 * 1000;
/** Interval of the search for exports that other processes have abandoned. */
const pollMilliseconds = 10_000;
/** Longer than any chunk takes to write, so that no other process claims the export meanwhile. */
const claimMilliseconds = 60_000;
/** Characters that are encrypted and stored as one chunk. */
const chunkCharacters = 256 * 1024;

export interface ExportWriterDependencies {
  readonly db: Database;
  readonly exports: ExportStore;
  readonly users: UserStore;
  readonly content: ExportContent;
  readonly keyring: Keyring;
  readonly signingKeys: SigningKeys;
  readonly outbox: Outbox;
  readonly issuer: string;
  readonly log: Log;
  readonly now: () => Date;
}

export function createExportWriter(dependencies: ExportWriterDependencies) {
  const { db, exports, users, content, keyring, signingKeys, outbox, issuer, log, now } =
    dependencies;
  let wake = new AbortController();

  function later(milliseconds: number): Date {
    return new Date(now().getTime() + milliseconds);
  }

  async function keep(claimed: ClaimedExport, number: number, text: string): Promise<boolean> {
    const sealed = keyring.seal(text, chunkContext(claimed, number));
    return exports.addChunk(claimed, { number, sealed, until: later(claimMilliseconds) });
  }

  /** @returns the number of chunks, or `undefined` if the claim was lost or the signal aborted */
  async function write(claimed: ClaimedExport, user: User, signal?: AbortSignal) {
    const key = await signingKeys.active(exportAlgorithm);
    if (!key) throw new TypeError('no active signing key for exports');
    let number = 0;
    let text = '';
    for await (const piece of writeDocument(await content.partsOf(user), key)) {
      text += piece;
      if (text.length < chunkCharacters) continue;
      if (signal?.aborted || !(await keep(claimed, number, text))) return undefined;
      number += 1;
      text = '';
    }
    return (await keep(claimed, number, text)) ? number + 1 : undefined;
  }

  async function announce(claimed: ClaimedExport, user: User, chunks: number): Promise<void> {
    const { id: userId } = user;
    const until = later(exportDays * dayMilliseconds);
    const isMine = await db.transaction(async (tx) => {
      if (!(await exports.markReady(claimed, { chunks, at: now(), until }, tx))) return false;
      const link = `${issuer}/auth/account/export`;
      const mail = exportReadyMail({ link, at: until.toISOString() });
      await outbox.add([mailTo(user, mail)], tx);
      return true;
    });
    if (!isMine) return;
    log.info({ event: 'export.made', userId, count: chunks }, 'data export ready');
  }

  async function make(claimed: ClaimedExport, signal?: AbortSignal): Promise<void> {
    const user = await users.findById(claimed.userId);
    if (!user) return;
    const chunks = await write(claimed, user, signal);
    if (chunks !== undefined) return announce(claimed, user, chunks);
    if (signal?.aborted) await exports.release(claimed);
  }

  /** Writes all exports that are due. @returns the number of exports started */
  async function makeDue(signal?: AbortSignal): Promise<number> {
    for (let count = 0; ; count += 1) {
      const claimed = await exports.claim(now(), later(claimMilliseconds));
      if (!claimed || signal?.aborted) return count;
      await make(claimed, signal);
    }
  }

  return {
    makeDue,
    /** Starts the next run without waiting for the poll interval. */
    hurry(): void {
      wake.abort();
    },
    /** Runs until the signal is aborted; a failure is logged and retried. */
    async runForever(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        const either = AbortSignal.any([signal, wake.signal]);
        await pause(pollMilliseconds, undefined, { signal: either, ref: false }).catch(() => {});
        wake = wake.signal.aborted ? new AbortController() : wake;
        if (signal.aborted) return;
        await makeDue(signal).catch((error: unknown) =>
          log.warn({ event: 'export.failed', error }, 'data export failed, will retry'),
        );
      }
    },
  };
}

export type ExportWriter = ReturnType<typeof createExportWriter>;
