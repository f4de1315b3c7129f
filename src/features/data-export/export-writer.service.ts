// Writes the copies that people wait for, in the background: one at a time per process, any number of
// processes. Each is claimed by one of them; should that one die, the claim runs out and another
// begins anew.
import { setTimeout as pause } from 'node:timers/promises';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Log } from '#platform/logging/log.ts';
import type { SigningKeys } from '#core/keys/signing-keys.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { ClaimedExport, ExportStore } from './exports.store.ts';
import type { User } from '#core/users/users.ts';
import type { ExportContent } from './export-content.service.ts';
import { exportAlgorithm, writeDocument } from './export-document.ts';

/** Days in which a copy can be fetched. */
export const exportDays = 7;
const dayMilliseconds = 24 * 60 * 60 * 1000;
/** How often copies that other processes left are looked for. */
const pollMilliseconds = 10_000;
/** Longer than any piece takes: nobody else begins it while it is being written. */
const claimMilliseconds = 60_000;
/** Characters that are sealed and kept as one. */
const chunkCharacters = 256 * 1024;

export interface ExportMakingDependencies {
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

export function createExportMaking(dependencies: ExportMakingDependencies) {
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

  /** How many pieces it has; `undefined`: somebody else is at it, or nobody wants it any more. */
  async function write(claimed: ClaimedExport, user: User, signal?: AbortSignal) {
    const key = await signingKeys.active(exportAlgorithm);
    if (!key) throw new TypeError('nothing can be signed before there is a key');
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
    const { id: userId, email: to, claims } = user;
    const until = later(exportDays * dayMilliseconds);
    const isMine = await db.transaction(async (tx) => {
      if (!(await exports.markReady(claimed, { chunks, at: now(), until }, tx))) return false;
      const { locale, zoneinfo: zone = '' } = claims;
      const values = { link: `${issuer}/auth/account/export`, at: until.toISOString(), zone };
      const template = 'export_ready';
      await outbox.add([{ kind: 'mail', userId, to, locale, template, values }], tx);
      return true;
    });
    if (!isMine) return;
    log.info({ event: 'export.made', userId, count: chunks }, 'a copy of their data is ready');
  }

  async function make(claimed: ClaimedExport, signal?: AbortSignal): Promise<void> {
    const user = await users.findById(claimed.userId);
    if (!user) return;
    const chunks = await write(claimed, user, signal);
    if (chunks !== undefined) return announce(claimed, user, chunks);
    if (signal?.aborted) await exports.release(claimed);
  }

  /** Writes what is waited for now; how many were begun. */
  async function makeDue(signal?: AbortSignal): Promise<number> {
    for (let count = 0; ; count += 1) {
      const claimed = await exports.claim(now(), later(claimMilliseconds));
      if (!claimed || signal?.aborted) return count;
      await make(claimed, signal);
    }
  }

  return {
    makeDue,
    /** There is something to do: this process need not wait for its next look. */
    hurry(): void {
      wake.abort();
    },
    /** Runs until the signal; a failure is logged and tried again. */
    async runForever(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        const either = AbortSignal.any([signal, wake.signal]);
        await pause(pollMilliseconds, undefined, { signal: either, ref: false }).catch(() => {});
        wake = wake.signal.aborted ? new AbortController() : wake;
        if (signal.aborted) return;
        await makeDue(signal).catch((error: unknown) =>
          log.warn({ event: 'export.failed', error }, 'will try again'),
        );
      }
    },
  };
}

export type ExportMaking = ReturnType<typeof createExportMaking>;

/** A piece fits no other place. */
export function chunkContext(
  { id, attempt }: { readonly id: string; readonly attempt: number },
  number: number,
): string {
  return `export ${id} ${attempt} ${number}`;
}
