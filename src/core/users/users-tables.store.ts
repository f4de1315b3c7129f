// What happens to the rows of users and of their roles.
import { claimColumns } from './users.store.ts';
import { cascade, doesNotExpire, keep, type TableRules } from '#core/modules/table-rules.ts';
import { formatTime } from '#core/modules/export-lists.store.ts';
import { removeAll, runStatement } from '#core/modules/removals.store.ts';

/** Columns of `users` that hold personal data or consent given by the user who entered them. */
const personalColumns = [...claimColumns, 'terms_version', 'terms_accepted_at'] as const;

/** Columns of `users` that the first verification of the email address keeps, with the reason. */
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
export const clearedUserColumns: readonly string[] = [...personalColumns, 'deletion_due_at'];

const emptyProfile = runStatement(
  `
    update users set ${personalColumns.map((name) => `${name} = null`).join(', ')}, updated_at = $2
     where id = $1`,
  { staysIfMadeByOperator: true },
);

const cancelDeletion = runStatement(
  `
    update users set deletion_due_at = null, updated_at = $2
     where id = $1 and deletion_due_at is not null`,
  { event: 'deletion.cancelled' },
);

export const userTables: readonly TableRules[] = [
  {
    table: 'users',
    cleanup: doesNotExpire,
    account: {
      // The claims are exported in the part about the account.
      personalData: {
        facts: {
          terms_version: '(select terms_version from users where id = $1)',
          terms_accepted_at: `(select ${formatTime('terms_accepted_at')} from users where id = $1)`,
        },
      },
      onFirstEmailVerification: [emptyProfile, cancelDeletion],
      // Earlier values are not recorded; the owner has to review the current ones.
      onAccountCompromised: [cancelDeletion],
      onAccountDeleted: keep('deleted as the last row, by core/account-data'),
    },
  },
  {
    table: 'user_roles',
    cleanup: doesNotExpire,
    account: {
      personalData: keep('in the part about the account'),
      // Access to the mailbox alone must not confer a role that was granted to another person.
      onFirstEmailVerification: [
        removeAll('user_roles', { event: 'role.removed', staysIfMadeByOperator: true }),
      ],
      onAccountCompromised: keep('granted by an operator'),
      onAccountDeleted: cascade,
    },
  },
];
