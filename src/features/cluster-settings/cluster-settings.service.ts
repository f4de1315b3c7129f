// Settings that all nodes of an installation must have in common. Each start leaves a fingerprint of
// them in the database and compares its own with what is there: a node with another issuer or other
// keys would make tokens and cookies that the rest refuses, so it does not start.
import { createHmac } from 'node:crypto';
import { canonicalJson } from '#platform/canonical-json.ts';
import { AppError } from '#platform/errors.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Config } from '#config/config.ts';
import type { Fingerprints, SharedSettingStore } from './cluster-settings.store.ts';

/** What a setting is worth comparing: one value, or several of which one in common is enough. */
type Values = Readonly<Record<string, readonly string[]>>;

/** Names of settings, never values. */
export interface SettingDifferences {
  /** No node may start with these. */
  readonly unfit: readonly string[];
  /** Nodes get along, but people notice that they are not treated alike. */
  readonly uneven: readonly string[];
}

export interface SharedSettingDependencies {
  readonly config: Config;
  readonly db: Database;
  readonly store: SharedSettingStore;
  readonly keyring: Keyring;
  readonly log: Log;
  readonly now: () => Date;
}

export function createSharedSettings(dependencies: SharedSettingDependencies) {
  const { config, db, store, keyring, log, now } = dependencies;
  const essential = fingerprintAll(essentialValues(config));
  const noticeable = fingerprintAll(noticeableValues(config));
  const own: Fingerprints = new Map([...essential, ...noticeable]);

  /** Keyed, so that nobody who reads the table can try out values. */
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
    // Without a key in common nothing else can be compared.
    if (differing(essential).includes('ENCRYPTION_KEYS')) {
      return { unfit: ['ENCRYPTION_KEYS'], uneven: [] };
    }
    return { unfit: differing(essential), uneven: differing(noticeable) };
  }

  return {
    differences: async (): Promise<SettingDifferences> => compare(await store.list()),
    /**
     * At the start of a server, before it serves.
     * @throws AppError `conflict`, which names the settings that do not fit
     */
    async join(): Promise<void> {
      const { uneven } = await db.transaction(async (tx) => {
        await store.lock(tx);
        const found = compare(await store.list(tx));
        // An embedded database has one process: there is nobody whom another value could harm.
        if (found.unfit.length > 0 && db.kind === 'postgres') throw refusal(found.unfit);
        await store.note(own, now(), tx);
        return found;
      });
      if (uneven.length === 0) return;
      log.warn({ event: 'settings.uneven', setting: uneven }, 'the node before had other values');
    },
    /** From now on these settings are the right ones; answers those that differed. */
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

export type SharedSettings = ReturnType<typeof createSharedSettings>;

function essentialValues({ issuer, cookieKeys }: Config): Values {
  // Of encryption keys the fingerprint's own key is all there is to say.
  return { ENCRYPTION_KEYS: [''], ISSUER: [issuer], COOKIE_KEYS: cookieKeys };
}

function noticeableValues(config: Config): Values {
  return {
    ACCESS_TOKEN_SECONDS: [String(config.accessTokenSeconds)],
    REFRESH_TOKEN_SECONDS: [String(config.refreshTokenSeconds)],
    REFRESH_LEEWAY_SECONDS: [String(config.refreshLeewaySeconds)],
    SESSION_IDLE_SECONDS: [String(config.sessionIdleSeconds)],
    SESSION_MAX_SECONDS: [String(config.sessionMaxSeconds)],
    SIGN_IN_PROVIDERS: [describeProviders(config.signInProviders)],
    SUPPLEMENTS: [JSON.stringify(config.supplements)],
  };
}

/** Keys are left out: two nodes may have one each. */
function describeProviders(providers: Config['signInProviders']): string {
  const shown = providers.map(({ credential, ...rest }) => ({ ...rest, kind: credential.kind }));
  return canonicalJson(shown);
}

function fingerprint(key: Buffer, name: string, value: string): string {
  return createHmac('sha256', key).update(`${name}\0${value}`).digest('base64url');
}

/** Nothing noted yet differs from nothing. */
function overlaps(own: readonly string[], noted: readonly string[] | undefined): boolean {
  return noted === undefined || own.some((each) => noted.includes(each));
}

function refusal(names: readonly string[]): AppError {
  const [verb, pronoun] = names.length === 1 ? ['is', 'it was'] : ['are', 'they were'];
  return new AppError(
    'conflict',
    `${names.join(' and ')} ${verb} not what the other nodes of this database have; ` +
      `if ${pronoun} changed on purpose, stop all nodes and run "ostiary config accept".`,
  );
}
