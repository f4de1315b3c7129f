// Re-encrypts in the background what keys other than the first of ENCRYPTION_KEYS encrypted. Every node may
// run it: a row is written only if it is unchanged since it was read, so no change is lost.
import { setTimeout as pause } from 'node:timers/promises';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { AppError } from '#platform/errors.ts';
import type { Log } from '#platform/logging/log.ts';
import type { SealedColumnStore, SealedTable, SealedText } from './sealed-columns.store.ts';

/** Delay of the first run, so that it does not slow down the start. */
const firstMilliseconds = 2000;
const intervalMilliseconds = 60 * 60 * 1000;
/** Pause between two batches of rows, so that requests are not slowed down. */
const windowPauseMilliseconds = 20;

export interface ReencryptionDependencies {
  readonly places: readonly SealedTable[];
  readonly sealedColumns: SealedColumnStore;
  readonly keyring: Keyring;
  readonly log: Log;
}

export interface ReencryptionReport {
  readonly changed: number;
  /** Texts that no key of ENCRYPTION_KEYS decrypts. */
  readonly unreadable: number;
}

export function createReencryption(dependencies: ReencryptionDependencies) {
  const { places, keyring, log } = dependencies;

  async function run(signal?: AbortSignal): Promise<ReencryptionReport> {
    const report = { changed: 0, unreadable: 0 };
    for (const place of places) {
      const part = await reencrypt(dependencies, place, signal);
      report.changed += part.changed;
      report.unreadable += part.unreadable;
    }
    return report;
  }

  async function runAndLog(signal: AbortSignal): Promise<void> {
    const { changed: count, unreadable } = await run(signal);
    if (count > 0) log.info({ event: 'secrets.reencrypted', count }, 'encrypted with the new key');
    if (unreadable === 0) return;
    const message = 'no key of ENCRYPTION_KEYS decrypts some rows; see "ostiary key status"';
    log.warn({ event: 'secrets.unreadable', count: unreadable }, message);
  }

  return {
    /** One pass over all tables. */
    run,
    /** With only one key, there is nothing to re-encrypt. */
    isUsed: keyring.ids.length > 1,
    /** One pass, whose result is logged. */
    async runDue(signal: AbortSignal): Promise<void> {
      if (keyring.ids.length > 1) await runAndLog(signal);
    },
    /** Runs until the signal. A failure is logged and retried. */
    async runForever(signal: AbortSignal): Promise<void> {
      if (keyring.ids.length < 2) return;
      for (let wait = firstMilliseconds; !signal.aborted; wait = intervalMilliseconds) {
        await pause(wait, undefined, { signal, ref: false }).catch(() => undefined);
        if (signal.aborted) return;
        await runAndLog(signal).catch((err: unknown) => {
          if (signal.aborted) return;
          log.warn({ event: 'reencryption.failed', err }, 'encrypting with the new key failed');
        });
      }
    },
  };
}

export type Reencryption = ReturnType<typeof createReencryption>;

async function reencrypt(
  dependencies: ReencryptionDependencies,
  place: SealedTable,
  signal: AbortSignal | undefined,
): Promise<ReencryptionReport> {
  const { sealedColumns, keyring } = dependencies;
  const report = { changed: 0, unreadable: 0 };
  let after: readonly string[] | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const rows = await sealedColumns.window(place, keyring.currentId, after);
    after = rows.at(-1)?.key;
    if (after === undefined) return report;
    for (const row of rows) {
      const fresh = reseal(dependencies, place, row);
      if (fresh === 'unreadable') report.unreadable += 1;
      else if (fresh && (await sealedColumns.replace(place, row, fresh.sealed)))
        report.changed += 1;
    }
    await pause(windowPauseMilliseconds, undefined, signal ? { signal } : {});
  }
}

function reseal(
  { keyring }: ReencryptionDependencies,
  { prefix = '', context }: SealedTable,
  { key, stale }: SealedText,
): { readonly sealed: string } | 'unreadable' | undefined {
  if (stale === undefined) return undefined;
  try {
    const plain = keyring.open(stale.slice(prefix.length), context(key));
    return { sealed: prefix + keyring.seal(plain, context(key)) };
  } catch (error) {
    if (error instanceof AppError) return 'unreadable';
    throw error;
  }
}
