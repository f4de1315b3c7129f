// The mail that tells an administrator what became of a request that waited for another one.
import { renderMail, type MailRenderer } from '#http/rendering/mail/mail-content.ts';
import { approvalDecidedMail } from './approval-mail-templates.ts';

const states = {
  executed: {
    subject: 'mail.approval.executed.subject',
    what: 'mail.approval.executed.what',
    time: 'mail.approval.fact.decided',
  },
  rejected: {
    subject: 'mail.approval.rejected.subject',
    what: 'mail.approval.rejected.what',
    time: 'mail.approval.fact.decided',
  },
  refused: {
    subject: 'mail.approval.refused.subject',
    what: 'mail.approval.refused.what',
    time: 'mail.approval.fact.decided',
  },
  expired: {
    subject: 'mail.approval.expired.subject',
    what: 'mail.approval.expired.what',
    time: 'mail.approval.fact.expired',
  },
} as const;

const acts = {
  'users.delete': 'mail.approval.act.users.delete',
  'roles.grant-admin': 'mail.approval.act.roles.grant-admin',
  'sessions.end-all': 'mail.approval.act.sessions.end-all',
  'keys.rotate': 'mail.approval.act.keys.rotate',
} as const;

export const approvalMails: readonly MailRenderer[] = [
  renderMail(approvalDecidedMail, ({ t, time, values: { state, act, at, link } }) => ({
    subject: t(states[state].subject),
    opening: [t(states[state].what)],
    facts: [
      { label: t('mail.approval.fact.request'), value: t(acts[act]) },
      { label: t(states[state].time), value: time(at) },
    ],
    closing: [],
    link: { href: link, label: t('mail.approval.link'), hint: '' },
  })),
];
