// Passwords: hashing, sign-in with a password, and its throttling.
import { passwordMails } from './passwords.mails.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { createSignInCounter } from '#core/sessions/metrics/session-metrics.ts';
import { createPasswordHasher } from '#platform/crypto/password-hashing.ts';
import { createPasswordCredentialStore } from './password-credentials.store.ts';
import { collectHashQueue } from '#platform/crypto/password-hash-metrics.ts';
import { createSignIn } from './password-sign-in.service.ts';
import { passwordTables } from './passwords-tables.store.ts';
import { createSignInThrottle } from './throttle/sign-in-throttle.service.ts';

export const passwordsModule: Module = {
  name: 'passwords',
  tables: passwordTables,
  mails: passwordMails,
};

export interface PasswordsDependencies extends Runtime {
  readonly audit: Audit;
  readonly users: UserStore;
  /** Decrypts the imported hash of another system. */
  readonly openHash: (sealed: string) => string;
}

export function createPasswordsModule(dependencies: PasswordsDependencies) {
  const { audit, users, openHash: open, config, db, log, now, shortLived: store } = dependencies;
  const { metrics, observation } = dependencies;
  const { argon2, workers } = config;
  const credentials = createPasswordCredentialStore(db);
  const hasher = createPasswordHasher({ ...argon2, workers, open, observation });
  const signIns = createSignInCounter(metrics);
  collectHashQueue(metrics, hasher.pending);
  const enabled = config.rateLimits === 'on';
  return {
    credentials,
    hasher,
    signIn: createSignIn({ users, credentials, hasher, audit, signIns, log, now }),
    signInThrottle: createSignInThrottle({ store, enabled, log, now }),
  };
}
