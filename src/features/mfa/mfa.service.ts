// Checks the second factor of a sign-in: a TOTP or recovery code, each for single use. Ten wrong
// codes in a row lock the factor for a while, whether or not the password is correct, and the user
// is notified.
import type { Knex } from 'knex';
import type { AuditActor, AuditEvent } from '#core/audit/audit.ts';
import {
  lockAfter,
  maxWrongCodes,
  readTypedCode,
  recoveryCodeCount,
  type TypedCode,
} from './mfa.ts';
import { sessionRevoked } from '#platform/errors.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { sha256 } from '#platform/crypto/hashing.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Mail } from '#core/outbox/mail/mail.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import type { ReadUser } from '#core/users/user-holds.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { FactorFailureStore } from './credentials/mfa-failures.store.ts';
import type { RecoveryCodeStore } from './credentials/recovery-codes.store.ts';
import type { TotpStore } from './credentials/totp-credentials.store.ts';
import { makeRecoveryCode, makeTotpSecret, stepOfCode } from './credentials/totp.ts';
import {
  factorAddedMail,
  factorLockedMail,
  factorRemovedMail,
  recoveryCodesRenewedMail,
  recoveryCodeUsedMail,
} from './mails/mfa-mail-templates.ts';

export interface SecondFactorDependencies {
  readonly db: Database;
  readonly totp: TotpStore;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly factorFailures: FactorFailureStore;
  readonly users: UserStore;
  readonly keyring: Keyring;
  readonly audit: Audit;
  readonly notifications: Notifications;
  readonly now: () => Date;
}

export type CodeFault = 'malformed' | 'wrong' | 'locked';
export type CodeOutcome =
  | { readonly ok: true; readonly kind: TypedCode['kind'] }
  | { readonly ok: false; readonly reason: CodeFault };

export interface FactorState {
  /** `undefined`: there is no second factor. */
  readonly since: Date | undefined;
  readonly lastUsedAt: Date | undefined;
  readonly recoveryCodesLeft: number;
}

/** How long the secret of a new factor can be displayed and confirmed; then setup starts over. */
const setUpMilliseconds = 15 * 60 * 1000;

export function createSecondFactor(dependencies: SecondFactorDependencies) {
  const { db, totp, recoveryCodes, factorFailures, users } = dependencies;
  const { keyring, audit, notifications, now } = dependencies;

  /**
   * @throws AppError `session_expired` when the user's sessions were revoked after `user` was read
   */
  async function requireUnrevoked(user: ReadUser, tx: Knex): Promise<void> {
    if (!(await users.holdUnrevoked(user, tx))) throw sessionRevoked();
  }

  async function secretOf(userId: string, tx?: Knex): Promise<string | undefined> {
    const credential = await totp.find(userId, tx);
    return credential && keyring.open(credential.sealed, contextOf(userId)).toString();
  }

  async function takeTotp(userId: string, code: string, confirms: boolean, tx: Knex) {
    const at = now();
    const secret = await secretOf(userId, tx);
    const step = secret === undefined ? undefined : await stepOfCode(secret, code, at);
    return step !== undefined && totp.take(userId, { step, at, confirms }, tx);
  }

  async function noteWrong(userId: string, count: number, tx: Knex): Promise<void> {
    const lockSeconds = lockAfter(count);
    const actor = { kind: 'anonymous' } as const;
    const details = { failures: count, lockSeconds };
    await audit.append({ event: 'factor.refused', actor, userId, details }, tx);
    if (lockSeconds === 0) return;
    await factorFailures.lock(userId, new Date(now().getTime() + lockSeconds * 1000), tx);
    if (count === maxWrongCodes) await notifications.notifyUser(userId, factorLockedMail(), tx);
  }

  /**
   * Counts the attempt first, so concurrent attempts are all counted; a wrong code is committed
   * too.
   */
  async function attempt(
    userId: string,
    text: string,
    isTaken: (typed: TypedCode, tx: Knex.Transaction) => Promise<boolean>,
    prove: (tx: Knex) => Promise<void> = async () => {},
  ): Promise<CodeOutcome> {
    const typed = readTypedCode(text);
    if (!typed) return { ok: false, reason: 'malformed' };
    return db.transaction(async (tx) => {
      await prove(tx);
      const count = await factorFailures.count(userId, now(), tx);
      if (count === undefined) return { ok: false, reason: 'locked' };
      if (await isTaken(typed, tx)) {
        await factorFailures.forgive(userId, tx);
        return { ok: true, kind: typed.kind };
      }
      await noteWrong(userId, count, tx);
      return { ok: false, reason: 'wrong' };
    });
  }

  async function renew(userId: string, tx: Knex): Promise<readonly string[]> {
    const codes = await Promise.all(Array.from({ length: recoveryCodeCount }, makeRecoveryCode));
    await recoveryCodes.replace(userId, codes.map(sha256), now(), tx);
    return codes;
  }

  async function note(event: AuditEvent, mail: Mail, userId: string, tx: Knex) {
    await audit.append({ event, actor: { kind: 'user', id: userId }, userId }, tx);
    await notifications.notifyUser(userId, mail, tx);
  }

  /** Accepts a code of a confirmed factor. */
  function take(userId: string) {
    return async ({ kind, code }: TypedCode, tx: Knex): Promise<boolean> => {
      if (kind === 'totp') return takeTotp(userId, code, false, tx);
      const used = await recoveryCodes.use(userId, sha256(code), now(), tx);
      if (used) await note('recovery_code.used', recoveryCodeUsedMail(), userId, tx);
      return used;
    };
  }

  return {
    async state(userId: string): Promise<FactorState> {
      const credential = await totp.find(userId);
      const since = credential?.confirmedAt;
      const recoveryCodesLeft = since ? await recoveryCodes.count(userId) : 0;
      return { since, lastUsedAt: credential?.lastUsedAt, recoveryCodesLeft };
    },
    /** For the second step of a sign-in, or for reauthentication. */
    check: (userId: string, text: string): Promise<CodeOutcome> =>
      attempt(userId, text, take(userId)),
    /**
     * Stores a new secret, which takes effect once a code is entered. False: a factor is already
     * active.
     */
    async begin(userId: string): Promise<boolean> {
      return totp.begin(userId, keyring.seal(await makeTotpSecret(), contextOf(userId)), now());
    },
    /** The secret of a factor that is being set up. */
    async pendingSecret(userId: string): Promise<string | undefined> {
      const credential = await totp.find(userId);
      if (!credential || credential.confirmedAt) return undefined;
      const isFresh = now().getTime() - credential.createdAt.getTime() < setUpMilliseconds;
      return isFresh ? keyring.open(credential.sealed, contextOf(userId)).toString() : undefined;
    },
    /**
     * Confirms a new secret with its first code; returns the recovery codes, which are shown only
     * once.
     * @param join runs in the transaction that turns the factor on
     */
    async confirm(
      user: ReadUser,
      text: string,
      join: (tx: Knex.Transaction) => Promise<void>,
    ): Promise<
      | { readonly ok: true; readonly recoveryCodes: readonly string[] }
      | { readonly ok: false; readonly reason: CodeFault }
    > {
      const { id: userId } = user;
      let codes: readonly string[] = [];
      const isTaken = async ({ kind, code }: TypedCode, tx: Knex.Transaction) => {
        if (kind !== 'totp' || !(await takeTotp(userId, code, true, tx))) return false;
        codes = await renew(userId, tx);
        await note('factor.added', factorAddedMail(), userId, tx);
        await join(tx);
        return true;
      };
      const outcome = await attempt(userId, text, isTaken, (tx) => requireUnrevoked(user, tx));
      return outcome.ok ? { ok: true, recoveryCodes: codes } : outcome;
    },
    /** Replaces all previous recovery codes. */
    renewRecoveryCodes: (user: ReadUser): Promise<readonly string[]> =>
      db.transaction(async (tx) => {
        const { id: userId } = user;
        await requireUnrevoked(user, tx);
        const codes = await renew(userId, tx);
        await note('recovery_codes.renewed', recoveryCodesRenewedMail(), userId, tx);
        return codes;
      }),
    /**
     * By the user, or by an operator for a user who has lost both the device and the recovery
     * codes.
     */
    async remove(userId: string, by: AuditActor) {
      return db.transaction(async (tx) => {
        if (!(await totp.remove(userId, tx))) return false;
        await recoveryCodes.removeAll(userId, tx);
        await factorFailures.forgive(userId, tx);
        await audit.append({ event: 'factor.removed', actor: by, userId }, tx);
        await notifications.notifyUser(userId, factorRemovedMail(), tx);
        return true;
      });
    },
  };
}

export type SecondFactor = ReturnType<typeof createSecondFactor>;

function contextOf(userId: string): string {
  return `totp ${userId}`;
}
