// The mail with an invitation; invitations.mails.ts renders it.
import { defineMail } from '#core/outbox/mail/mail.ts';

/** The name of the inviter is looked up on delivery; an operator on the command line has none. */
export const invitationMail = defineMail<
  { readonly link: string } | { readonly link: string; readonly actorId: string }
>('invitation');
