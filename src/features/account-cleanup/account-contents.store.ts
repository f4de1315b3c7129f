// Everything an account can hold, table by table, and what becomes of it when the account changes
// hands: when the owner of the mailbox is the first to prove it, and when a takeover is undone. Which
// of the two it is, and what is written to the audit, is account-cleanup.service.ts. The
// statements are account-removal.store.ts.
import type { AuditEvent } from '#core/audit/audit.ts';
import { claimColumns } from '#core/users/users.store.ts';

/** What becomes of the rows of a user. */
export type Fate =
  /** They stay, or another step of the same transaction deals with them; the reason. */
  | { readonly kept: string }
  | { readonly removed: 'all' }
  /** Only rows for which the expression is at or after the instant. */
  | { readonly removed: 'since'; readonly dated: string }
  /** In another way than by deleting rows: $1 is the user, $2 the instant of the act. */
  | { readonly removed: 'by'; readonly text: string };

export interface AccountContent {
  readonly table: string;
  /** Written to the audit, with the number of rows, when any were removed. */
  readonly event?: AuditEvent;
  /** The mailbox is proven for the first time, by somebody who held no credential of the account. */
  readonly firstProof: Fate;
  /**
   * True: a first proof leaves it alone in an account that an operator made with that address. Its
   * user is the one whom the operator meant, and a mailbox never takes the place of a second factor.
   */
  readonly staysIfMadeByOperator?: true;
  /** The owner takes the account back from somebody who was in it since an instant. */
  readonly takeover: Fate;
}

const all = { removed: 'all' } as const;
const kept = (reason: string): Fate => ({ kept: reason });
const since = (dated: string): Fate => ({ removed: 'since', dated });
const by = (text: string): Fate => ({ removed: 'by', text });

/** Columns of `users` that say something about the person who wrote them. */
const personalColumns = [...claimColumns, 'terms_version', 'terms_accepted_at'] as const;

/** Columns of `users` that stay, and why. */
export const keptUserColumns: Readonly<Record<string, string>> = {
  id: 'the account itself',
  email: 'what was proven',
  email_key: 'what was proven',
  email_verified_at: 'written by the proof',
  blocked_at: 'a block is the operator’s',
  blocked_until: 'a block is the operator’s',
  blocked_by: 'a block is the operator’s',
  blocked_reason: 'a block is the operator’s',
  not_before: 'raised in the same transaction',
  security_version: 'raised in the same transaction',
  access_version: 'counts what clients lost',
  created_at: 'when the account was made',
  updated_at: 'written by the change',
  made_by_operator: 'how the account was made',
};

/** Columns of `users` that are emptied by a first proof. */
export const emptiedUserColumns: readonly string[] = [...personalColumns, 'deletion_due_at'];

const cancelDeletion = by(`
    update users set deletion_due_at = null, updated_at = $2
     where id = $1 and deletion_due_at is not null`);

const revoked = kept('revoked in the same transaction; the row stays until it expires');

/**
 * A table that knows users and is missing here fails a test. The order is that in which other
 * transactions lock the rows.
 */
export const accountContents: readonly AccountContent[] = [
  {
    table: 'users',
    firstProof: by(`
    update users set ${personalColumns.map((name) => `${name} = null`).join(', ')}, updated_at = $2
     where id = $1`),
    staysIfMadeByOperator: true,
    takeover: kept('what was there before is not known any more; the owner looks it through'),
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
    takeover: kept('the owner’s own passkeys know the account by it'),
  },
  {
    table: 'factor_failures',
    firstProof: all,
    staysIfMadeByOperator: true,
    takeover: kept('a lock of the second factor ends by itself'),
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
    // The version goes on, so that a writer who has read an older one is refused.
    firstProof: by(`
    update user_supplements
       set value = null, version = version + 1, updated_at = $2, updated_by = 'user ' || $1::text
     where user_id = $1::uuid and value is not null`),
    staysIfMadeByOperator: true,
    takeover: kept('what was there before is not known any more; the owner looks it through'),
  },
  {
    table: 'user_roles',
    event: 'role.removed',
    // A mailbox alone must not open what an operator gave to the person who registered.
    firstProof: all,
    staysIfMadeByOperator: true,
    takeover: kept('given by an operator'),
  },
  { table: 'sessions', firstProof: revoked, takeover: revoked },
  { table: 'grants', firstProof: revoked, takeover: revoked },
  { table: 'refresh_families', firstProof: revoked, takeover: revoked },
  {
    table: 'audit_events',
    firstProof: kept('evidence of what happened'),
    takeover: kept('evidence of what happened'),
  },
  {
    table: 'outbox',
    firstProof: kept('mails of the past, and messages that apps must still get'),
    takeover: kept('mails of the past, and messages that apps must still get'),
  },
];
