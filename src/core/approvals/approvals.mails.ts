// The mail that tells an administrator how another one decided about a request.
import {
  renderMail,
  type MailFact,
  type MailRenderer,
  type MailWords,
} from '#http/rendering/mail/mail-content.ts';
import type { MailValues } from '#core/outbox/mail/mail.ts';
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

/** The time of the request, by which the administrator recognizes it. */
function requestFacts({
  t,
  time,
  values: { requestedAt },
}: Pick<MailWords<MailValues>, 't' | 'time' | 'values'>): readonly MailFact[] {
  if (requestedAt === undefined) return [];
  return [{ label: t('mail.approval.fact.requested'), value: time(requestedAt) }];
}

export const approvalMails: readonly MailRenderer[] = [
  renderMail(approvalDecidedMail, ({ t, time, values }) => ({
    subject: t(states[values.state].subject),
    opening: [t(states[values.state].what)],
    facts: [
      { label: t('mail.approval.fact.request'), value: t(acts[values.act]) },
      ...requestFacts({ t, time, values }),
      { label: t(states[values.state].time), value: time(values.at) },
    ],
    closing: [],
    link: { href: values.link, label: t('mail.approval.link'), hint: '' },
  })),
];
