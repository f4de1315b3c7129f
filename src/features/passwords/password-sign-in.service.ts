// Sign-in with a password. Response and timing are the same for known and unknown addresses; that
// an account is blocked is revealed only after a correct password.
import { signedInWith, type CompleteSignIn } from '#core/sessions/authentication.ts';
import type { SignInCounter } from '#core/sessions/metrics/session-metrics.ts';
import { canonicalEmail } from '#core/users/email-addresses.ts';
import { isBlocked } from '#core/subject-status/subject-status.ts';
import type { User } from '#core/users/users.ts';
import type { Log } from '#platform/logging/log.ts';
import type { PasswordHasher } from '#platform/crypto/password-hashing.ts';
import type { PasswordCredentialStore } from './password-credentials.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';

export type SignInOutcome =
  | {
      readonly ok: true;
      readonly user: User;
      /** When the user and the credential were read. */
      readonly at: Date;
      /** `undefined`: the password is correct, and a second factor is required. */
      readonly signIn: CompleteSignIn | undefined;
    }
  | { readonly ok: false; readonly reason: 'wrong' | 'blocked' };

export interface SignInAttempt {
  readonly login: string;
  /** The client that requested the sign-in; `undefined`: the account pages. */
  readonly clientId: string | undefined;
}

/**
 * Longest part of a login that the audit log stores: email addresses are not longer (RFC 5321
 * §4.5.3.1).
 */
const maxLoginLength = 254;

export interface SignInDependencies {
  readonly users: UserStore;
  readonly credentials: PasswordCredentialStore;
  readonly hasher: PasswordHasher;
  readonly audit: Audit;
  readonly signIns: SignInCounter;
  readonly log: Log;
  readonly now: () => Date;
}

export function createSignIn(dependencies: SignInDependencies) {
  const { users, credentials, hasher, audit, signIns, log, now } = dependencies;

  /**
   * Rehashes with the current parameters; the plain password is available only during a sign-in.
   */
  async function strengthen(userId: string, from: string, password: string): Promise<void> {
    try {
      await credentials.replaceHash(userId, from, await hasher.hash(password));
    } catch (error) {
      // The old hash remains valid: the sign-in must not fail because of this.
      log.warn(
        { event: 'password.rehash_failed', userId, error },
        'could not rehash the password; the old hash remains in use',
      );
    }
  }

  async function writeDown(
    event: 'sign_in.refused' | 'sign_in.throttled',
    { login, clientId }: SignInAttempt,
    userId: string | undefined,
    details: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const personal = { login: login.slice(0, maxLoginLength) };
    const actor = { kind: 'anonymous' } as const;
    await audit.append({ event, actor, userId, clientId, details, personal });
  }

  async function refuse(
    reason: 'wrong' | 'blocked',
    attempt: SignInAttempt,
    user: User | undefined,
  ): Promise<SignInOutcome> {
    signIns.add({ outcome: 'refused', method: 'password' });
    await writeDown('sign_in.refused', attempt, user?.id, { reason });
    return { ok: false, reason };
  }

  return {
    async withPassword(attempt: SignInAttempt, password: string): Promise<SignInOutcome> {
      // Taken before hashing: a revocation while the hash waits in the queue also ends this
      // sign-in.
      const at = now();
      const known = await users.findForSignIn(canonicalEmail(attempt.login));
      const { ok, rehash } = await hasher.verify(known?.passwordHash, password);
      if (!known || !ok) return refuse('wrong', attempt, known?.user);
      const { user, passwordHash, hasSecondFactor } = known;
      // As of the read: a timed block must not end while the hash waits for its turn.
      if (isBlocked(user, at)) return refuse('blocked', attempt, user);
      if (rehash && passwordHash) await strengthen(user.id, passwordHash, password);
      const proven = { user, at };
      const signIn = hasSecondFactor ? undefined : signedInWith('password', proven);
      return { ok: true, ...proven, signIn };
    },
    /** The password was not checked, because too many earlier attempts failed. */
    async noteThrottled(attempt: SignInAttempt, counters: readonly string[]): Promise<void> {
      const user = await users.findByEmailKey(canonicalEmail(attempt.login));
      signIns.add({ outcome: 'throttled', method: 'password' });
      await writeDown('sign_in.throttled', attempt, user?.id, { counters });
    },
  };
}

export type SignIn = ReturnType<typeof createSignIn>;
