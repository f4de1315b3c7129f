import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineMail, mailTo, type Mail, type MailOrder } from '#core/outbox/mail/mail.ts';
import { emailChangedMail } from '#features/email-verification/verification-mail-templates.ts';

const linkedMail = defineMail<{ readonly provider: string }>('linked');
const blockedMail = defineMail('blocked');
const ann = {
  id: 'ann',
  email: 'ann@example.com',
  claims: { locale: 'de', zoneinfo: 'Europe/Berlin' },
};

describe('a mail template', () => {
  it('creates a mail with its name and values', () => {
    assert.deepEqual(
      { ...linkedMail({ provider: 'Acme' }) },
      { template: 'linked', values: { provider: 'Acme' } },
    );
    assert.deepEqual({ ...blockedMail() }, { template: 'blocked', values: {} });
  });

  it('addresses a mail to a user, in the language and the time zone of the user', () => {
    assert.deepEqual(
      { ...mailTo(ann, blockedMail()) },
      {
        kind: 'mail',
        userId: 'ann',
        to: 'ann@example.com',
        locale: 'de',
        template: 'blocked',
        values: { zone: 'Europe/Berlin' },
      },
    );
  });

  it('is checked by the compiler, with its values', () => {
    // `npm run typecheck` fails for a directive below that is not followed by an error.
    const mistakes = [
      // @ts-expect-error: a value is missing.
      () => linkedMail({}),
      // @ts-expect-error: the values are missing.
      () => linkedMail(),
      // @ts-expect-error: a value is misspelt.
      () => linkedMail({ provider: 'Acme', prvider: 'Acme' }),
      // @ts-expect-error: a value is not a string.
      () => linkedMail({ provider: 1 }),
      // @ts-expect-error: the template has no values.
      () => blockedMail({ provider: 'Acme' }),
      // @ts-expect-error: the address without the link.
      () => emailChangedMail({ email: 'ann@example.com' }),
      // @ts-expect-error: no declared template creates this mail.
      (): Mail => ({ template: 'linkd', values: {} }),
      // @ts-expect-error: the order lacks a mail of a declared template.
      (): MailOrder => ({ kind: 'mail', userId: 'ann', to: '', locale: 'en', template: 'linkd' }),
    ];

    assert.equal(mistakes.length, 8);
  });
});
