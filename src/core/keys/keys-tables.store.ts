// What happens to the rows of signing keys and of the ids of encryption keys.
import { doesNotExpire, noUserData, type TableRules } from '#core/modules/table-rules.ts';
import { signingKeyContext } from './signing-keys.store.ts';
import { subjectKeyContext } from './subjects/subject-key.store.ts';

export const keyTables: readonly TableRules[] = [
  {
    table: 'signing_keys',
    cleanup: doesNotExpire,
    account: noUserData,
    sealed: [
      { column: 'sealed_jwk', key: ['kid'], context: ([kid = '']) => signingKeyContext(kid) },
    ],
  },
  {
    table: 'subject_key',
    cleanup: doesNotExpire,
    account: noUserData,
    sealed: [{ column: 'sealed', key: ['only_row'], context: () => subjectKeyContext }],
  },
  { table: 'encryption_keys', cleanup: doesNotExpire, account: noUserData },
];
