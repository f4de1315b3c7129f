// What happens to the rows of grants, refresh token families and tokens.
import { keep, noUserData, type TableRules } from '#core/modules/table-rules.ts';
import { exportList, formatTime } from '#core/modules/export-lists.store.ts';
import { runStatement } from '#core/modules/removals.store.ts';

const revoked = keep('revoked in the same transaction; the row stays until it expires');

export const tokenTables: readonly TableRules[] = [
  {
    table: 'grants',
    cleanup: [{ key: 'id' }],
    account: {
      personalData: {
        list: exportList({
          name: 'grants',
          from: 'grants e',
          at: 'e.created_at',
          id: 'e.id',
          idType: 'text',
          // Revoked rows could only be found by a full table scan; the activity part has the
          // revocations.
          where: 'e.revoked_at is null',
          members: {
            app: 'e.client_id',
            created_at: formatTime('e.created_at'),
            expires_at: formatTime('e.expires_at'),
            scope: `e.content -> 'openid' ->> 'scope'`,
            apis: `e.content -> 'resources'`,
          },
        }),
      },
      onFirstEmailVerification: revoked,
      onAccountCompromised: revoked,
      onAccountDeleted: revoked,
    },
  },
  {
    table: 'refresh_families',
    cleanup: [{ key: 'id' }],
    account: {
      personalData: {
        list: exportList({
          name: 'app_tokens',
          from: 'refresh_families e',
          at: 'e.created_at',
          id: 'e.id',
          idType: 'uuid',
          members: {
            app: 'e.client_id',
            created_at: formatTime('e.created_at'),
            last_used_at: formatTime('e.rotated_at'),
            expires_at: formatTime('e.expires_at'),
            ended_at: formatTime('e.ended_at'),
            uses: 'e.rotations',
          },
        }),
      },
      onFirstEmailVerification: revoked,
      onAccountCompromised: revoked,
      // The rotations contain addresses.
      onAccountDeleted: [
        runStatement(`update refresh_families set rotations = '[]' where user_id = $1`),
      ],
    },
  },
  { table: 'code_redemptions', cleanup: [{ key: 'code_hash' }], account: noUserData },
  {
    table: 'revoked_tokens',
    // As in core/token-status, whose lists join these rows.
    cleanup: [
      {
        key: 'jti_hash',
        when: `expires_at < $1::timestamptz - interval '5 minutes'`,
        by: 'expires_at',
      },
    ],
    account: noUserData,
  },
  { table: 'access_tokens', cleanup: [{ key: 'id_hash' }], account: noUserData },
];
