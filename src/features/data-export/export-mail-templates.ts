// The mail about a finished data export; data-export.mails.ts renders it.
import { defineMail } from '#core/outbox/mail/mail.ts';

export const exportReadyMail = defineMail<{
  readonly link: string;
  /** Until when the export can be downloaded, in ISO 8601. */
  readonly at: string;
}>('export_ready');
