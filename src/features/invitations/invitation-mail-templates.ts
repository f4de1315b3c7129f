// The mail with an invitation; invitations.mails.ts renders it.
import { defineMail } from '#core/outbox/mail/mail.ts';

export const invitationMail = defineMail<{ readonly link: string }>('invitation');
