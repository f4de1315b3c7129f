import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { locales } from '#http/i18n/languages.ts';
import { createMailWriter, type MailWriterOptions } from '#http/rendering/mail/mail-writer.ts';
import { mails } from '#server/modules.ts';
import type { StoredMail } from '#core/outbox/mail/mail.ts';
import { decode, findUnclosed } from '#test/support/views/mail-html.ts';

const options: MailWriterOptions = {
  viewsDirectory: new URL('../../../views/', import.meta.url).pathname,
  productName: 'Ostiary',
  issuerUrl: new URL('https://id.example.org'),
  logoFile: new URL('../../../public/icon-180.png', import.meta.url).pathname,
  footerLinks: [{ href: 'https://id.example.org/terms', label: 'client.terms' }],
  renderers: mails,
};
const write = createMailWriter(options);
const values = {
  device: 'Firefox, Windows',
  address: '198.51.100.7',
  at: '2026-05-04T12:00:00.000Z',
  until: '2026-05-04T12:00:00.000Z',
  zone: 'Europe/Berlin',
  link: 'https://id.example.org/auth/not-me/v1.key.abc',
  other: 'https://id.example.org/auth/recover',
  code: '123456',
  email: 'new@example.com',
  provider: 'Acme',
  state: 'executed',
  act: 'users.delete',
  client: 'Acme Bank',
  message: 'Order 4711',
  passkey: 'iCloud Keychain',
  left: '7',
  requestedBy: 'user',
};

function aLetter(facts: Partial<StoredMail> = {}, client: string | undefined = 'Acme Notes') {
  const order: StoredMail = {
    kind: 'mail',
    userId: 'ann',
    to: 'ann@example.com',
    locale: 'en',
    template: 'new_device',
    values,
    ...facts,
  };
  return (
    write(order, { client, orderedAt: new Date(values.at) }) ?? assert.fail('there is no such mail')
  );
}

const everyLetter = mails.flatMap(({ template }) =>
  locales.map((locale) => ({ template, locale, ...aLetter({ template, locale }) })),
);

describe('every mail', () => {
  it('has no missing message or value', () => {
    for (const { subject, text, html } of everyLetter) {
      assert.doesNotMatch(`${subject}${text}${html}`, /undefined|\[object|\{\w+\}/);
      assert.ok(subject !== '' && !/[\r\n]/.test(subject));
    }
  });

  it('has the same content as text and as HTML', () => {
    for (const { text, html } of everyLetter) {
      const words = decode(html.replaceAll(/<style>[^]*<\/style>|<[^>]+>/g, ' '));
      for (const line of text.split('\n').filter((each) => /^\p{L}/u.test(each))) {
        const sentence = line.replace(/^[^:]{1,20}: /, '').replace(/:$/, '');
        assert.ok(words.includes(sentence) || html.includes(sentence), sentence);
      }
    }
  });

  it('loads nothing, has no script, and links only to the issuer', () => {
    for (const { html, images } of everyLetter) {
      assert.doesNotMatch(html, /<(?:script|link|iframe|form)|\son\w+=|url\(|@import/i);
      const sources = [...html.matchAll(/\ssrc="([^"]*)"/g)].map(([, source]) => source);
      assert.deepEqual(
        sources,
        images.map(({ cid }) => `cid:${cid}`),
      );
      for (const [, href = ''] of html.matchAll(/href="([^"]*)"/g)) {
        assert.ok(href.startsWith('https://id.example.org/'), href);
      }
    }
  });

  it('is well-formed: every element is closed, and every attribute is quoted', () => {
    for (const { template, html } of everyLetter) {
      assert.deepEqual(findUnclosed(html), [], template);
    }
  });

  it('has the language and the direction of its text, and pictures with a text of their own', () => {
    for (const { locale, html } of everyLetter) {
      const [, start] = /class="card inner" align="(\w+)"/.exec(html) ?? [];
      const dir = locale === 'ar' ? 'rtl' : 'ltr';
      assert.equal(html.split(`lang="${locale}" dir="${dir}"`).length, 3);
      assert.equal(start, dir === 'rtl' ? 'right' : 'left');
      assert.doesNotMatch(html, /<img(?![^>]*\salt=)/);
    }
  });

  it('has at most one button, one heading and one preheader', () => {
    for (const { template, html } of everyLetter) {
      const count = (pattern: RegExp) => [...html.matchAll(pattern)].length;
      assert.ok(count(/<a class="(?:button|alarm|quiet)"/g) <= 1, template);
      assert.equal(count(/<h1 /g), 1);
      const [, preheader = ''] = /class="preheader"[^>]*>([^<]+)</.exec(html) ?? [];
      assert.ok(preheader.trim().length > 10, template);
    }
  });

  it('carries the declarations of each element inline, as mail clients require', () => {
    for (const { html } of everyLetter) {
      const bare = [...html.matchAll(/<(?:p|h1|a)(?=[\s>])(?![^>]*\sstyle=)[^>]*>/g)];
      assert.deepEqual(bare, []);
      assert.doesNotMatch(
        html,
        /style="[^"]*(?:var\(|\d(?:rem|em)\b|(?:inline|block)-(?:start|end))/,
      );
    }
  });

  it('starts with a sentence, not with a name that an unverified user may have chosen', () => {
    for (const { template, text } of everyLetter) {
      assert.match(text.split('\n')[0] ?? '', /[.:。：]$/, template);
    }
  });
});

describe('mail', () => {
  it("is in the user's language, or in English", () => {
    assert.match(aLetter({ locale: 'de-CH' }).subject, /Anmeldung/);
    assert.match(aLetter({ locale: 'fr-CA' }).subject, /connexion/);
    assert.match(aLetter({ locale: 'sv' }).subject, /sign-in/);
    assert.match(aLetter({ locale: undefined }).subject, /sign-in/);
  });

  it("shows times in the user's time zone, otherwise in UTC, and names the zone", () => {
    assert.match(aLetter().text, /Time: May 4, 2026 at 2:00\sPM GMT\+2/);
    for (const zone of ['', 'Nowhere/None']) {
      assert.match(aLetter({ values: { ...values, zone } }).text, /12:00\sPM UTC/);
    }
  });

  it("shows the time in the user's time zone, whatever the event", () => {
    for (const { template, html } of everyLetter) {
      assert.doesNotMatch(html, /UTC(?!\+2)|12:00/, template);
    }
  });

  it('about a changed address offers the old one, and does not say that nothing has happened', () => {
    const { text } = aLetter({ template: 'email_changed' });

    assert.match(text, /Old address: ann@example\.com\nNew address: new@example\.com\nTime: /);
    assert.match(text, /restore this address/);
    assert.doesNotMatch(text, /before anything happens/);
  });

  it('with an invitation says that the recipient was invited', () => {
    const { text } = aLetter({ template: 'invitation' });

    assert.match(text, /because you were invited to Ostiary/);
    assert.doesNotMatch(text, /entered your address/);
  });

  it('states that the device is unknown', () => {
    assert.match(aLetter({ values: { ...values, device: '' } }).text, /Device: Unknown/);
  });

  it('shows untrusted values as short single-line text', () => {
    const name = `<b>x</b>\r\n\u202e${'long '.repeat(40)}`;
    const { subject, text, html } = aLetter({ template: 'refresh_token_reused' }, name);

    assert.ok(subject.length < 120 && !/[\r\n\u202e]/.test(subject));
    assert.ok(!html.includes('<b>x'));
    assert.ok(!text.includes('long '.repeat(20)));
  });

  it('describes a client without a name', () => {
    const { subject } = aLetter({ template: 'refresh_token_reused' }, '');

    assert.match(subject, /signed you out of the app/);
  });

  it('has the code in the subject and on a line by itself, and the link', () => {
    for (const template of [
      'registration',
      'verification',
      'recovery',
      'sign_in',
      'email_change',
    ]) {
      const { subject, text, html } = aLetter({ template });
      assert.match(subject, /^123456 /);
      assert.match(text, /^ {4}123456$/m);
      assert.match(html, /class="code"[^>]*>123456</);
      assert.ok(text.includes(values.link) && html.includes(values.link));
    }
  });

  it('has the code in the subject in every language', () => {
    for (const { template, subject } of everyLetter.filter(({ html }) =>
      /class="code"/.test(html),
    )) {
      assert.match(subject, /123456/, template);
    }
  });

  it('links to the footer links of the operator, in its text as well', () => {
    const { text, html } = aLetter();

    assert.match(html, /href="https:\/\/id\.example\.org\/terms"[^>]*>Terms of use</);
    assert.match(text, /Terms of use:\nhttps:\/\/id\.example\.org\/terms/);
  });

  it('to an unverified address does not contain the new address', () => {
    const plain = createMailWriter({ ...options, footerLinks: [] });
    for (const template of ['email_change_requested', 'email_changed']) {
      const order = { kind: 'mail', userId: '', to: '', locale: 'en', values: {} } as const;
      const mail = plain({ ...order, template }, { client: undefined });
      assert.ok(mail);
      assert.doesNotMatch(mail.text + mail.html, /new@example\.com|href=|https?:/);
    }
  });

  it('has the footer links of the brand in the language of the user, as text and as HTML', () => {
    const href = 'https://northwind.example/imprint';
    const footerLinks = [{ label: 'brand.imprint', href }] as const;
    const writeBranded = createMailWriter({ ...options, footerLinks });
    const addressed = { kind: 'mail', userId: 'ann', to: 'ann@example.com', locale: 'de' } as const;
    const mail = writeBranded({ ...addressed, template: 'blocked', values }, { client: undefined });

    assert.ok(mail?.text.endsWith(`\nImpressum:\n${href}\n`));
    assert.match(mail?.html ?? '', new RegExp(`href="${href}"[^>]*>Impressum</a>`));
  });

  it('with an unknown template is not rendered', () => {
    for (const template of ['', 'constructor', '__proto__', 'unknown']) {
      const order = { kind: 'mail', userId: '', to: '', locale: 'en', values } as const;
      assert.equal(write({ ...order, template }, { client: undefined }), undefined);
    }
  });
});
