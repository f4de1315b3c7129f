// The declarations of a capability in its module.ts, besides its services.
import type { MailRenderer } from '#http/rendering/mail/mail-content.ts';
import type { TableRules } from './table-rules.ts';

/** server/modules.ts lists all modules. */
export interface Module {
  /** The name of the folder. */
  readonly name: string;
  /** The tables that only the stores of this module write. */
  readonly tables: readonly TableRules[];
  /** The mails that this module queues. */
  readonly mails: readonly MailRenderer[];
}
