// The mail about a sign-in with a new device; unrecognized-devices.mails.ts renders it.
import { defineMail } from '#core/outbox/mail/mail.ts';

export const newDeviceMail = defineMail<{
  /** Browser and system; empty if unknown. */
  readonly device: string;
  /** The IP address. */
  readonly address: string;
  /** Time of the sign-in, in ISO 8601. */
  readonly at: string;
  /** Leads to the page "this was not me". */
  readonly link: string;
}>('new_device');
