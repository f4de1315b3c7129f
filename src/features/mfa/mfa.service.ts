// The second factor of a sign-in: sets it up, checks TOTP and recovery codes, each for single use,
// and removes it. Wrong codes are counted in code-attempts.service.ts.
import type { Knex } from 'knex';
import type { Rank } from '#core/access-control/rank.service.ts';
import type { AuditActor, AuditEvent } from '#core/audit/audit.ts';
import { recoveryCodeCount, type TypedCode } from './mfa.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { sha256 } from '#platform/crypto/hashing.ts';
import type { Mail } from '#core/outbox/mail/mail.ts';
import type { ReadUser } from '#core/users/user-holds.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { TrustedDevices } from '#features/trusted-devices/trusted-devices.service.ts';
import {
  attemptCode,
  type CodeAttemptDependencies,
  type CodeFault,
  type CodeOutcome,
} from './code-attempts.service.ts';
import type { RecoveryCodeStore } from './credentials/recovery-codes.store.ts';
import { totpContext, type TotpStore } from './credentials/totp-credentials.store.ts';
import { makeRecoveryCode, makeTotpSecret, stepOfCode } from './credentials/totp.ts';
import {
  factorAddedMail,
  factorRemovedMail,
  recoveryCodesRenewedMail,
  recoveryCodeUsedMail,
} from './mails/mfa-mail-templates.ts';

export interface SecondFactorDependencies extends CodeAttemptDependencies {
  readonly rank: Rank;
  readonly totp: TotpStore;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly users: UserStore;
  readonly trustedDevices: TrustedDevices;
  readonly keyring: Keyring;
}

export interface FactorState {
  /** `undefined`: there is no second factor. */
  readonly since: Date | undefined;
  readonly lastUsedAt: Date | undefined;
  readonly recoveryCodesLeft: number;
}

/** How long the secret of a new factor can be displayed and confirmed; then setup starts over. */
const setUpMilliseconds = 15 * 60 * 1000;

async function takeTotp(
  { totp, keyring, now }: SecondFactorDependencies,
  userId: string,
  { code, confirms, tx }: { readonly code: string; readonly confirms: boolean; readonly tx: Knex },
): Promise<boolean> {
  const at = now();
  const credential = await totp.find(userId, tx);
  if (!credential) return false;
  const secret = keyring.open(credential.sealed, totpContext(userId)).toString();
  const step = await stepOfCode(secret, code, at);
  return step !== undefined && totp.take(userId, { step, at, confirms }, tx);
}

/** Accepts a code of a confirmed factor. */
async function takeCode(
  dependencies: SecondFactorDependencies,
  userId: string,
  { kind, code }: TypedCode,
  tx: Knex,
): Promise<boolean> {
  if (kind === 'totp') return takeTotp(dependencies, userId, { code, confirms: false, tx });
  const { recoveryCodes, now } = dependencies;
  if (!(await recoveryCodes.use(userId, sha256(code), now(), tx))) return false;
  const mail = recoveryCodeUsedMail({ left: String(await recoveryCodes.count(userId, tx)) });
  await note(dependencies, 'recovery_code.used', mail, { userId, tx });
  return true;
}

async function replaceRecoveryCodes(
  { recoveryCodes, now }: SecondFactorDependencies,
  userId: string,
  tx: Knex,
): Promise<readonly string[]> {
  const codes = await Promise.all(Array.from({ length: recoveryCodeCount }, makeRecoveryCode));
  await recoveryCodes.replace(userId, codes.map(sha256), now(), tx);
  return codes;
}

async function note(
  { audit, notifications }: SecondFactorDependencies,
  event: AuditEvent,
  mail: Mail,
  { userId, tx }: { readonly userId: string; readonly tx: Knex },
): Promise<void> {
  const by = { kind: 'user', id: userId } as const;
  await audit.append({ event, actor: by, userId }, tx);
  await notifications.notifyOfAct(userId, mail, { by, tx });
}

async function pendingSecret(
  { totp, keyring, now }: SecondFactorDependencies,
  userId: string,
): Promise<string | undefined> {
  const credential = await totp.find(userId);
  if (!credential || credential.confirmedAt) return undefined;
  const isFresh = now().getTime() - credential.createdAt.getTime() < setUpMilliseconds;
  return isFresh ? keyring.open(credential.sealed, totpContext(userId)).toString() : undefined;
}

type Confirmation =
  | { readonly ok: true; readonly recoveryCodes: readonly string[] }
  | { readonly ok: false; readonly reason: CodeFault };

async function confirm(
  dependencies: SecondFactorDependencies,
  user: ReadUser,
  text: string,
  join: (tx: Knex.Transaction) => Promise<void>,
): Promise<Confirmation> {
  const { id: userId } = user;
  let codes: readonly string[] = [];
  const outcome = await attemptCode(dependencies, userId, text, {
    before: (tx) => dependencies.users.requireUnrevoked(user, tx),
    isTaken: async ({ kind, code }, tx) => {
      const taken =
        kind === 'totp' && (await takeTotp(dependencies, userId, { code, confirms: true, tx }));
      if (!taken) return false;
      codes = await replaceRecoveryCodes(dependencies, userId, tx);
      await note(dependencies, 'factor.added', factorAddedMail(), { userId, tx });
      await join(tx);
      return true;
    },
  });
  return outcome.ok ? { ok: true, recoveryCodes: codes } : outcome;
}

async function renewRecoveryCodes(
  dependencies: SecondFactorDependencies,
  user: ReadUser,
  tx: Knex,
): Promise<readonly string[]> {
  const { id: userId } = user;
  await dependencies.users.requireUnrevoked(user, tx);
  const codes = await replaceRecoveryCodes(dependencies, userId, tx);
  await note(dependencies, 'recovery_codes.renewed', recoveryCodesRenewedMail(), { userId, tx });
  return codes;
}

async function remove(
  dependencies: SecondFactorDependencies,
  userId: string,
  by: AuditActor,
  tx: Knex,
): Promise<boolean> {
  const { rank, totp, recoveryCodes, factorFailures, trustedDevices } = dependencies;
  const { audit, notifications } = dependencies;
  await rank.prove(by, { userId }, tx);
  await trustedDevices.revokeAllIn(tx, userId, by);
  if (!(await totp.remove(userId, tx))) return false;
  await recoveryCodes.removeAll(userId, tx);
  await factorFailures.forgive(userId, tx);
  await audit.append({ event: 'factor.removed', actor: by, userId }, tx);
  await notifications.notifyOfAct(userId, factorRemovedMail(), { by, tx });
  return true;
}

export function createSecondFactor(dependencies: SecondFactorDependencies) {
  const { db, totp, recoveryCodes, keyring, now } = dependencies;

  return {
    async state(userId: string): Promise<FactorState> {
      const credential = await totp.find(userId);
      const since = credential?.confirmedAt;
      const recoveryCodesLeft = since ? await recoveryCodes.count(userId) : 0;
      return { since, lastUsedAt: credential?.lastUsedAt, recoveryCodesLeft };
    },
    /** For the second step of a sign-in, or for reauthentication. */
    check: (userId: string, text: string): Promise<CodeOutcome> =>
      attemptCode(dependencies, userId, text, {
        isTaken: (typed, tx) => takeCode(dependencies, userId, typed, tx),
      }),
    /**
     * Stores a new secret, which takes effect once a code is entered. False: a factor is already
     * active.
     */
    async begin(userId: string): Promise<boolean> {
      return totp.begin(userId, keyring.seal(await makeTotpSecret(), totpContext(userId)), now());
    },
    /** The secret of a factor that is being set up. */
    pendingSecret: (userId: string): Promise<string | undefined> =>
      pendingSecret(dependencies, userId),
    /**
     * Confirms a new secret with its first code; returns the recovery codes, which are shown only
     * once.
     * @param join runs in the transaction that turns the factor on
     */
    confirm: (user: ReadUser, text: string, join: (tx: Knex.Transaction) => Promise<void>) =>
      confirm(dependencies, user, text, join),
    /** Replaces all previous recovery codes. */
    renewRecoveryCodes: (user: ReadUser): Promise<readonly string[]> =>
      db.transaction((tx) => renewRecoveryCodes(dependencies, user, tx)),
    /** By an operator, for a user who has lost both the device and the recovery codes. */
    remove: (userId: string, by: AuditActor): Promise<boolean> =>
      db.transaction((tx) => remove(dependencies, userId, by, tx)),
    /** By the user. @throws AppError `session_expired` if anything was revoked since `user` was read */
    removeOwn: (user: ReadUser): Promise<boolean> =>
      db.transaction(async (tx) => {
        await dependencies.users.requireUnrevoked(user, tx);
        return remove(dependencies, user.id, { kind: 'user', id: user.id }, tx);
      }),
  };
}

export type SecondFactor = ReturnType<typeof createSecondFactor>;
