// The tables that refer to users, and how each is handled when the email address is verified for
// the first time and when a takeover is reverted. account-cleanup.service.ts decides which of the
// two applies and writes the audit; account-removal.store.ts holds the statements.
import type { AuditEvent } from '#core/audit/audit.ts';
import { claimColumns } from '#core/users/users.store.ts';

/** How the rows of a user are handled. */
export type Fate =
  /**
   * The rows stay, or another step of the same transaction handles them. The text is the reason.
   */
  | { readonly kept: string }
  | { readonly removed: 'all' }
  /** Only rows whose `dated` expression is at or after `since` are deleted. */
  | { readonly removed: 'since'; readonly dated: string }
  /** A statement of its own is run: $1 is the user id, $2 the current time. */
  | { readonly removed: 'by'; readonly text: string };

export interface AccountContent {
  readonly table: string;
  /** The audit event, written with the number of rows if any were removed. */
  readonly event?: AuditEvent;
  /** Applies when a user without a credential of the account verifies its email address first. */
  readonly firstProof: Fate;
  /**
   * If true, the first verification leaves the rows of an account that an operator created: the
   * operator vouched for the owner of the address, and access to a mailbox must never replace a
   * second factor.
   */
  readonly staysIfMadeByOperator?: true;
  /**
   * Applies when the owner recovers the account from an attacker who had access since a known time.
   */
  readonly takeover: Fate;
}

const all = { removed: 'all' } as const;
const kept = (reason: string): Fate => ({ kept: reason });
const since = (dated: string): Fate => ({ removed: 'since', dated });
const by = (text: string): Fate => ({ removed: 'by', text });

/** Columns of `users` that hold personal data or consent of the user who entered them. */
const personalColumns = [...claimColumns, 'terms_version', 'terms_accepted_at'] as const;

/** Columns of `users` that are kept, with the reason. */
export const keptUserColumns: Readonly<Record<string, string>> = {
  id: 'the account itself',
  email: 'the address that was verified',
  email_key: 'the address that was verified',
  email_verified_at: 'set by the verification',
  blocked_at: 'only an operator may lift a block',
  blocked_until: 'only an operator may lift a block',
  blocked_by: 'only an operator may lift a block',
  blocked_reason: 'only an operator may lift a block',
  not_before: 'raised in the same transaction',
  security_version: 'raised in the same transaction',
  access_version: 'counts revocations of client access',
  created_at: 'records the creation of the account',
  updated_at: 'set by the update itself',
  made_by_operator: 'records the origin of the account',
};

/** Columns of `users` that the first verification sets to null. */
export const emptiedUserColumns: readonly string[] = [...personalColumns, 'deletion_due_at'];

const cancelDeletion = by(`
    update users set deletion_due_at = null, updated_at = $2
     where id = $1 and deletion_due_at is not null`);

const revoked = kept('revoked in the same transaction; the row stays until it expires');

/**
 * A test fails if a table that refers to users is missing here. The order is the lock order of
 * other transactions, which avoids deadlocks.
 */
export const accountContents: readonly AccountContent[] = [
  {
    table: 'users',
    firstProof: by(`
    update users set ${personalColumns.map((name) => `${name} = null`).join(', ')}, updated_at = $2
     where id = $1`),
    staysIfMadeByOperator: true,
    takeover: kept('earlier values are not recorded; the owner has to review the current ones'),
  },
  {
    table: 'users',
    event: 'deletion.cancelled',
    firstProof: cancelDeletion,
    takeover: cancelDeletion,
  },
  { table: 'mail_proofs', firstProof: all, takeover: all },
  {
    table: 'password_credentials',
    event: 'password.removed',
    firstProof: all,
    takeover: all,
  },
  {
    table: 'identities',
    event: 'identity.unlinked',
    firstProof: all,
    takeover: since('linked_at'),
  },
  {
    table: 'passkeys',
    event: 'passkey.removed',
    firstProof: all,
    takeover: since('created_at'),
  },
  {
    table: 'user_handles',
    firstProof: all,
    takeover: kept('the passkeys of the owner refer to it'),
  },
  {
    table: 'factor_failures',
    firstProof: all,
    staysIfMadeByOperator: true,
    takeover: kept('a lockout of the second factor expires by itself'),
  },
  {
    table: 'totp_credentials',
    event: 'factor.removed',
    firstProof: all,
    staysIfMadeByOperator: true,
    takeover: since('greatest(created_at, confirmed_at)'),
  },
  {
    table: 'recovery_codes',
    firstProof: all,
    staysIfMadeByOperator: true,
    takeover: since('created_at'),
  },
  { table: 'user_devices', firstProof: all, takeover: since('first_used_at') },
  { table: 'consents', firstProof: all, takeover: since('updated_at') },
  { table: 'account_exports', firstProof: all, takeover: since('requested_at') },
  {
    table: 'user_supplements',
    event: 'supplement.removed',
    // The version is incremented so that a concurrent writer with the older version is refused.
    firstProof: by(`
    update user_supplements
       set value = null, version = version + 1, updated_at = $2, updated_by = 'user ' || $1::text
     where user_id = $1::uuid and value is not null`),
    staysIfMadeByOperator: true,
    takeover: kept('earlier values are not recorded; the owner has to review the current ones'),
  },
  {
    table: 'user_roles',
    event: 'role.removed',
    // Access to the mailbox alone must not confer a role that was granted to another person.
    firstProof: all,
    staysIfMadeByOperator: true,
    takeover: kept('granted by an operator'),
  },
  { table: 'sessions', firstProof: revoked, takeover: revoked },
  { table: 'grants', firstProof: revoked, takeover: revoked },
  { table: 'refresh_families', firstProof: revoked, takeover: revoked },
  {
    table: 'audit_events',
    firstProof: kept('the audit is evidence'),
    takeover: kept('the audit is evidence'),
  },
  {
    table: 'outbox',
    firstProof: kept('sent mail, and messages that are still due to clients'),
    takeover: kept('sent mail, and messages that are still due to clients'),
  },
];
