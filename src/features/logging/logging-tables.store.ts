// What happens to the row of the temporary log level.
import { cascade, keep, type TableRules } from '#core/modules/table-rules.ts';

const temporary = keep('an operator set it for hours at most, and it says nothing of the user');

export const loggingTables: readonly TableRules[] = [
  {
    table: 'log_override',
    cleanup: [{ key: 'only_row' }],
    account: {
      personalData: temporary,
      onFirstEmailVerification: temporary,
      onAccountCompromised: temporary,
      onAccountDeleted: cascade,
    },
  },
];
