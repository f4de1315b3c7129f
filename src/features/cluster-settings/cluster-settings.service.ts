// Checks the settings that all nodes of a cluster must share. At startup, each node compares the
// fingerprints of its settings with those in the database and stores its own. A node with another
// issuer or other keys would issue tokens and cookies that the other nodes refuse, so it does not
// start.
import { createHmac } from 'node:crypto';
import { AppError } from '#platform/errors.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Config } from '#config/config.ts';
import { valueAt } from '#config/setting.ts';
import { allSettings } from '#config/settings.ts';
import type { Fingerprints, ClusterSettingStore } from './cluster-settings.store.ts';

/** The values of each setting; two nodes agree on a setting if they share at least one value. */
type Values = Readonly<Record<string, readonly string[]>>;

/** The names of differing settings, never their values. */
export interface SettingDifferences {
  /** A node must not start if these differ. */
  readonly unfit: readonly string[];
  /** Nodes can work together, but users see inconsistent behavior. */
  readonly uneven: readonly string[];
}

export interface ClusterSettingDependencies {
  readonly config: Config;
  readonly db: Database;
  readonly store: ClusterSettingStore;
  readonly keyring: Keyring;
  readonly log: Log;
  readonly now: () => Date;
}

export function createClusterSettings(dependencies: ClusterSettingDependencies) {
  const { config, db, store, keyring, log, now } = dependencies;
  const essential = fingerprintAll(essentialValues(config));
  const noticeable = fingerprintAll(noticeableValues(config));
  const own: Fingerprints = new Map([...essential, ...noticeable]);

  /** Keyed, so that values cannot be guessed by a reader of the table. */
  function fingerprintAll(values: Values): Fingerprints {
    const keys = keyring.derive('shared settings');
    return new Map(
      Object.entries(values).map(([name, each]) => [
        name,
        keys.flatMap((key) => each.map((value) => fingerprint(key, name, value))),
      ]),
    );
  }

  function compare(noted: Fingerprints): SettingDifferences {
    const differing = (of: Fingerprints) =>
      [...of].filter(([name, each]) => !overlaps(each, noted.get(name))).map(([name]) => name);
    // Fingerprints made with different keys cannot be compared.
    if (differing(essential).includes('ENCRYPTION_KEYS')) {
      return { unfit: ['ENCRYPTION_KEYS'], uneven: [] };
    }
    return { unfit: differing(essential), uneven: differing(noticeable) };
  }

  return {
    differences: async (): Promise<SettingDifferences> => compare(await store.list()),
    /**
     * Called at startup, before the server accepts requests.
     * @throws AppError `conflict`, naming the settings that differ
     */
    async join(): Promise<void> {
      const { uneven } = await db.transaction(async (tx) => {
        await store.lock(tx);
        const found = compare(await store.list(tx));
        // An embedded database serves one process only, so no other node can disagree.
        if (found.unfit.length > 0 && db.kind === 'postgres') throw refusal(found.unfit);
        await store.note(own, now(), tx);
        return found;
      });
      if (uneven.length === 0) return;
      log.warn({ event: 'settings.uneven', setting: uneven }, 'settings differ between nodes');
    },
    /**
     * Stores the settings of this process as the valid ones.
     * @returns the settings that differed
     */
    async accept(): Promise<readonly string[]> {
      return db.transaction(async (tx) => {
        await store.lock(tx);
        const { unfit, uneven } = compare(await store.list(tx));
        await store.note(own, now(), tx);
        return [...unfit, ...uneven];
      });
    },
  };
}

export type ClusterSettings = ReturnType<typeof createClusterSettings>;

function essentialValues({ issuer, cookieKeys }: Config): Values {
  // The fingerprint is keyed with the encryption keys themselves, so its value can be empty.
  return { ENCRYPTION_KEYS: [''], ISSUER: [issuer], COOKIE_KEYS: cookieKeys };
}

function noticeableValues(config: Config): Values {
  const shared = allSettings.filter(({ setting }) => setting.sameOnAllNodes);
  return Object.fromEntries(
    shared.map(({ path, setting: { name, kind } }) => {
      const value = valueAt(config, path);
      return [name, [kind.comparable?.(value) ?? String(value)]];
    }),
  );
}

function fingerprint(key: Buffer, name: string, value: string): string {
  return createHmac('sha256', key).update(`${name}\0${value}`).digest('base64url');
}

/** A setting that has not been stored yet does not differ. */
function overlaps(own: readonly string[], noted: readonly string[] | undefined): boolean {
  return noted === undefined || own.some((each) => noted.includes(each));
}

function refusal(names: readonly string[]): AppError {
  const [verb, pronoun] = names.length === 1 ? ['differs', 'it was'] : ['differ', 'they were'];
  return new AppError(
    'conflict',
    `${names.join(' and ')} ${verb} from the other nodes of this database; ` +
      `if ${pronoun} changed on purpose, stop all nodes and run "ostiary config accept".`,
  );
}
