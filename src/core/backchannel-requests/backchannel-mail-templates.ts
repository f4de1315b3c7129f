// The mail about a request that waits for a decision; backchannel-requests.mails.ts renders it.
import { defineMail } from '#core/outbox/mail/mail.ts';

export const requestWaitingMail = defineMail<{
  readonly client: string;
  /** The client's binding message; empty if there is none. */
  readonly message: string;
  readonly link: string;
}>('request_waiting');
