// Attempts to enter a code of the second factor. Ten wrong codes in a row lock the factor for a while,
// whether or not the password is correct, and the user is notified.
import type { Knex } from 'knex';
import { lockAfter, maxWrongCodes, readTypedCode, type TypedCode } from './mfa.ts';
import { afterCommit } from '#platform/database/after-commit.ts';
import type { SignInCounter } from '#core/sessions/metrics/session-metrics.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import type { FactorFailureStore } from './credentials/mfa-failures.store.ts';
import { factorLockedMail } from './mails/mfa-mail-templates.ts';

export interface CodeAttemptDependencies {
  readonly db: Database;
  readonly factorFailures: FactorFailureStore;
  readonly audit: Audit;
  readonly notifications: Notifications;
  readonly signIns: SignInCounter;
  readonly now: () => Date;
}

export type CodeFault = 'malformed' | 'wrong' | 'locked';
export type CodeOutcome =
  | { readonly ok: true; readonly kind: TypedCode['kind'] }
  | { readonly ok: false; readonly reason: CodeFault };

interface CodeAttempt {
  /** Runs first in the transaction; if it throws, the attempt ends without being counted. */
  readonly before?: (tx: Knex) => Promise<void>;
  /** Uses up the code. False: it is wrong. */
  readonly isTaken: (typed: TypedCode, tx: Knex.Transaction) => Promise<boolean>;
}

/**
 * Counts the attempt first, so concurrent attempts are all counted; a wrong code is committed too.
 */
export async function attemptCode(
  dependencies: CodeAttemptDependencies,
  userId: string,
  text: string,
  { before, isTaken }: CodeAttempt,
): Promise<CodeOutcome> {
  const { db, factorFailures, signIns, now } = dependencies;
  const typed = readTypedCode(text);
  if (!typed) return { ok: false, reason: 'malformed' };
  return db.transaction(async (tx) => {
    await before?.(tx);
    const count = await factorFailures.count(userId, now(), tx);
    if (count === undefined) return { ok: false, reason: 'locked' };
    if (await isTaken(typed, tx)) {
      await factorFailures.forgive(userId, tx);
      return { ok: true, kind: typed.kind };
    }
    await noteWrong(dependencies, userId, count, tx);
    afterCommit(tx, () => signIns.add({ outcome: 'refused', method: 'second_factor' }));
    return { ok: false, reason: 'wrong' };
  });
}

async function noteWrong(
  { factorFailures, audit, notifications, now }: CodeAttemptDependencies,
  userId: string,
  count: number,
  tx: Knex,
): Promise<void> {
  const lockSeconds = lockAfter(count);
  const actor = { kind: 'anonymous' } as const;
  const details = { failures: count, lockSeconds };
  await audit.append({ event: 'factor.refused', actor, userId, details }, tx);
  if (lockSeconds === 0) return;
  await factorFailures.lock(userId, new Date(now().getTime() + lockSeconds * 1000), tx);
  if (count !== maxWrongCodes) return;
  await notifications.notifyOfAct(userId, factorLockedMail(), { by: actor, tx });
}
