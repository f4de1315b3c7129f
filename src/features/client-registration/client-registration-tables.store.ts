// What happens to the rows of dynamic registrations.
import { doesNotExpire, keep, noUserData, type TableRules } from '#core/modules/table-rules.ts';

const endsWithClient = keep('the rows end with their clients');

export const clientRegistrationTables: readonly TableRules[] = [
  { table: 'initial_access_tokens', cleanup: [{ key: 'id' }], account: noUserData },
  { table: 'client_registrations', cleanup: endsWithClient, account: noUserData },
  { table: 'software_statement_issuers', cleanup: doesNotExpire, account: noUserData },
  { table: 'client_documents', cleanup: endsWithClient, account: noUserData },
];
