import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { locales } from '#http/i18n/languages.ts';
import { createTranslator } from '#http/i18n/locales.ts';
import { createMailWriter } from '#server/composition/mail-writer.ts';
import type { MailOrder } from '#core/outbox/outbox.service.ts';

const write = createMailWriter({
  viewsDirectory: new URL('../../views/', import.meta.url).pathname,
  productName: 'Ostiary',
  issuerUrl: new URL('https://id.example.org'),
});
const proofTemplates = [
  'registration',
  'registration_known',
  'invitation',
  'verification',
  'recovery',
  'recovery_refused',
  'sign_in',
  'sign_in_refused',
  'password_changed',
  'email_change',
  'email_change_known',
  'email_change_requested',
  'email_changed',
] as const;
const templates = ['blocked', 'new_device', 'refresh_token_reused', ...proofTemplates] as const;
const values = {
  device: 'Firefox, Windows',
  address: '198.51.100.7',
  at: '2026-05-04T12:00:00.000Z',
  zone: 'Europe/Berlin',
  link: 'https://id.example.org/auth/not-me/v1.key.abc',
  other: 'https://id.example.org/auth/recover',
  code: '123456',
  email: 'new@example.com',
};

function aLetter(facts: Partial<MailOrder> = {}, client: string | undefined = 'Acme Notes') {
  const order: MailOrder = {
    kind: 'mail',
    userId: 'ann',
    to: 'ann@example.com',
    locale: 'en',
    template: 'new_device',
    values,
    ...facts,
  };
  return write(order, { client }) ?? assert.fail('there is no such mail');
}

const everyLetter = templates.flatMap((template) =>
  locales.map((locale) => ({ template, locale, ...aLetter({ template, locale }) })),
);

describe('every mail', () => {
  it('has no gap where a word or a value is missing', () => {
    for (const { subject, text, html } of everyLetter) {
      assert.doesNotMatch(`${subject}${text}${html}`, /undefined|\[object|\{\w+\}/);
      assert.ok(subject !== '' && !/[\r\n]/.test(subject));
    }
  });

  it('says the same as text and as HTML', () => {
    for (const { text, html } of everyLetter) {
      const words = decode(html.replaceAll(/<style>[^]*<\/style>|<[^>]+>/g, ' '));
      for (const line of text.split('\n').filter((each) => /^\p{L}/u.test(each))) {
        const sentence = line.replace(/^[^:]{1,20}: /, '').replace(/:$/, '');
        assert.ok(words.includes(sentence) || html.includes(sentence), sentence);
      }
    }
  });

  it('loads nothing, runs nothing, and links only to us', () => {
    for (const { html } of everyLetter) {
      assert.doesNotMatch(html, /<(?:script|img|link|iframe|form)|\son\w+=|url\(|@import/i);
      for (const [, href = ''] of html.matchAll(/href="([^"]*)"/g)) {
        assert.ok(href.startsWith('https://id.example.org/'), href);
      }
    }
  });

  it('greets nobody by a name that a stranger may have chosen', () => {
    for (const { text, locale } of everyLetter) {
      const greeting = createTranslator(locale)('mail.greeting');
      assert.equal(text.split('\n')[0], greeting);
      assert.doesNotMatch(greeting, /[{}]/);
    }
  });
});

describe('a mail', () => {
  it('is in the language of the person, or in English', () => {
    assert.match(aLetter({ locale: 'de-CH' }).subject, /Anmeldung/);
    assert.match(aLetter({ locale: 'fr-CA' }).subject, /connexion/);
    assert.match(aLetter({ locale: 'sv' }).subject, /sign-in/);
    assert.match(aLetter({ locale: undefined }).subject, /sign-in/);
  });

  it('tells the time where the person lives, else in UTC, and always which', () => {
    assert.match(aLetter().text, /Time: Monday, May 4, 2026 at 2:00:00\sPM GMT\+2/);
    for (const zone of ['', 'Nowhere/None']) {
      assert.match(aLetter({ values: { ...values, zone } }).text, /12:00:00\sPM UTC/);
    }
  });

  it('says so when a device can not be told', () => {
    assert.match(aLetter({ values: { ...values, device: '' } }).text, /Device: We could not tell/);
  });

  it('shows what strangers wrote as text, short, and in one line', () => {
    const name = `<b>x</b>\r\n\u202e${'long '.repeat(40)}`;
    const { subject, text, html } = aLetter({ template: 'refresh_token_reused' }, name);

    assert.ok(subject.length < 120 && !/[\r\n\u202e]/.test(subject));
    assert.ok(!html.includes('<b>x'));
    assert.ok(!text.includes('long '.repeat(20)));
  });

  it('names an app without a name in words', () => {
    const { subject } = aLetter({ template: 'refresh_token_reused' }, '');

    assert.match(subject, /signed out of the app/);
  });

  it('that asks for a proof has its code by itself in a line, and its link', () => {
    for (const template of [
      'registration',
      'verification',
      'recovery',
      'sign_in',
      'email_change',
    ]) {
      const { text, html } = aLetter({ template });
      assert.match(text, /^ {4}123456$/m);
      assert.match(html, /class="code"[^>]*>123456</);
      assert.ok(text.includes(values.link) && html.includes(values.link));
    }
  });

  it('to a mailbox that was never proven says what happens, and not where to', () => {
    for (const template of ['email_change_requested', 'email_changed']) {
      const { text, html } = aLetter({ template, values: {} });
      assert.doesNotMatch(text + html, /new@example\.com|href=|https?:/);
    }
  });

  it('of no known template is none', () => {
    for (const template of ['', 'constructor', '__proto__', 'unknown']) {
      const order = { kind: 'mail', userId: '', to: '', locale: 'en', values } as const;
      assert.equal(write({ ...order, template }, { client: undefined }), undefined);
    }
  });
});

function decode(html: string): string {
  const named: Readonly<Record<string, string>> = {
    amp: '&',
    lt: '<',
    gt: '>',
    '#34': '"',
    '#39': "'",
  };
  return html.replaceAll(/&([\w#]+);/g, (whole, name: string) => named[name] ?? whole);
}
