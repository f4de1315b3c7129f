// The mail that tells an administrator what became of a request that waited for another one.
import { describeTime } from '#http/i18n/times.ts';
import { renderMail, type MailRenderer } from '#http/rendering/mail/mail-content.ts';
import { approvalDecidedMail } from './approval-mail-templates.ts';

const states = {
  executed: { subject: 'mail.approval.executed.subject', what: 'mail.approval.executed.what' },
  rejected: { subject: 'mail.approval.rejected.subject', what: 'mail.approval.rejected.what' },
  refused: { subject: 'mail.approval.refused.subject', what: 'mail.approval.refused.what' },
  expired: { subject: 'mail.approval.expired.subject', what: 'mail.approval.expired.what' },
} as const;

const acts = {
  'users.delete': 'mail.approval.act.users.delete',
  'roles.grant-admin': 'mail.approval.act.roles.grant-admin',
  'sessions.end-all': 'mail.approval.act.sessions.end-all',
  'keys.rotate': 'mail.approval.act.keys.rotate',
} as const;

export const approvalMails: readonly MailRenderer[] = [
  renderMail(approvalDecidedMail, ({ t, locale, values: { state, act, at, link } }) => ({
    subject: t(states[state].subject),
    opening: [t(states[state].what)],
    facts: [
      { label: t('mail.approval.fact.request'), value: t(acts[act]) },
      { label: t('mail.fact.time'), value: describeTime(locale, at, '') },
    ],
    closing: [],
    link: { href: link, label: t('mail.approval.link'), hint: '' },
  })),
];
