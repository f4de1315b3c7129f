// The declarations of a module about its tables, for acts that other modules perform. Every member is
// required, so that cleanup, data export, account recovery and deletion cannot be forgotten for a new table.
import type { AuditEvent } from '#core/audit/audit.ts';

/** The reason why nothing happens to the rows. */
export interface Kept {
  readonly kept: string;
}

export interface TableRules {
  readonly table: string;
  /** Which rows the cleanup job removes. */
  readonly cleanup: Kept | readonly ExpiryRule[];
  /** What happens to the rows that belong to a user, or why none do. */
  readonly account: Kept | AccountRules;
  /** The columns with encrypted text, which is re-encrypted after a rotation of ENCRYPTION_KEYS. */
  readonly sealed?: readonly SealedColumn[];
}

export interface SealedColumn {
  readonly column: string;
  /** The columns of the primary key; for a composite key in the order of its index. */
  readonly key: readonly string[];
  /** The encryption context that binds the text to its row, from the values of the key. */
  context(key: readonly string[]): string;
  /** A prefix of encrypted text; text without it is not encrypted. */
  readonly prefix?: string;
}

export interface ExpiryRule {
  /** The columns that identify a row. */
  readonly key: string;
  /** The condition for removal; $1 is the current time. By default: `expires_at < $1`. */
  readonly when?: string;
  /**
   * The indexed column by which expired rows are found, the oldest first. By default `expires_at`, if that
   * is also the condition.
   */
  readonly by?: string;
  /** Distinguishes several rules of one table. */
  readonly name?: string;
  /** Assignments, if the rows are changed instead of deleted. */
  readonly set?: string;
}

export interface AccountRules {
  /** The data export (GDPR Art. 15 and 20). */
  readonly personalData: Kept | PersonalData;
  /**
   * A user without a credential of the account is the first to verify its email address. An
   * attacker may have registered the account and wait for the owner of the mailbox (pre-account
   * hijacking).
   */
  readonly onFirstEmailVerification: Kept | readonly Removal[];
  /** The owner recovers the account from an attacker who had access since a known time. */
  readonly onAccountCompromised: Kept | readonly Removal[];
  readonly onAccountDeleted: Kept | typeof cascade | readonly Removal[];
}

/** A foreign key deletes the rows together with the row of the user. */
export const cascade = 'cascade';

export interface PersonalData {
  /** A list of the export, read page by page. */
  readonly list?: ListedPart;
  /** Single values by name, as subqueries in which $1 is the user id. */
  readonly facts?: Readonly<Record<string, string>>;
}

/** The statement selects `at`, `id` and `entry`, ordered by the first two. */
export interface ListedPart {
  readonly name: string;
  readonly text: string;
}

export interface RemovalOptions {
  /** The audit event, written with the number of rows if any were changed. */
  readonly event?: AuditEvent;
  /**
   * If true, the first verification leaves the rows of an account that an operator created: the
   * operator vouched for the owner of the address, and access to a mailbox must never replace a
   * second factor.
   */
  readonly staysIfMadeByOperator?: true;
}

export interface Removal extends RemovalOptions {
  /**
   * $1 is the user id, $2 the current time; for `since`, $2 is the time since which an attacker may
   * have had access.
   */
  readonly text: string;
  readonly dated: 'at' | 'since';
}

export function keep(reason: string): Kept {
  return { kept: reason };
}

export function isKept(rule: object | string): rule is Kept {
  return typeof rule === 'object' && 'kept' in rule;
}

/** For tables without a user column. */
export const noUserData: Kept = keep('no row belongs to a user');
/** For tables whose rows do not expire. */
export const doesNotExpire: Kept = keep('the rows do not expire');
