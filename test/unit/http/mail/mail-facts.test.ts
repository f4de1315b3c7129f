// The facts that mails state about their event.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MailValues } from '#core/outbox/mail/mail.ts';
import { exampleValues, writeExample } from '#test/support/docs/example-mail.ts';

const textOf = (template: string, values: MailValues = exampleValues) =>
  writeExample(template, values).text;

describe('a mail', () => {
  it('about a passkey has its name as the first fact', () => {
    for (const template of ['passkey_added', 'passkey_removed', 'passkey_cloned']) {
      assert.match(
        textOf(template),
        /\n\nPasskey: iCloud Keychain\nDevice: Firefox on Windows\nTime: /,
      );
    }
  });

  it('about a change of a sign-in method names its time, and what to do in both cases', () => {
    const text = textOf('passkey_added');

    assert.match(text, /Time: May 4, 2026 at 2:00\sPM GMT\+2/);
    assert.match(text, /If this was you, you don’t need to do anything/);
    assert.match(text, /If this wasn’t you/);
  });

  it('about a used recovery code states how many are left', () => {
    assert.match(
      textOf('recovery_code_used'),
      /\n\nCodes left: 7\nDevice: Firefox on Windows\nTime: /,
    );
  });

  it('about a deleted account says that the user requested it only if the user did', () => {
    const deleted = (requestedBy: string) =>
      textOf('account_deleted', { ...exampleValues, requestedBy });

    assert.match(deleted('user'), /^We deleted your account and its data, as you requested\./);
    assert.match(deleted('operator'), /^We deleted your account and its data\./);
  });

  it('about too many wrong codes links to the password reset, because the password is known', () => {
    const { text, html } = writeExample('factor_locked');
    const href = 'https://id.example.org/auth/recover';

    assert.ok(text.includes(`Choose a new password:\n${href}\n`), text);
    assert.match(html, new RegExp(`<a class="quiet" href="${href}"`));
  });

  it('about an expired request does not say that it was decided', () => {
    const about = (state: string) => textOf('approval_decided', { ...exampleValues, state });

    assert.match(about('rejected'), /^Decided: May 4, 2026/m);
    assert.match(about('expired'), /^Expired: May 4, 2026/m);
    assert.match(about('rejected'), /^Requested: May 4, 2026/m);
  });

  it('is written without the values that an earlier version did not store', () => {
    const { device, address, at, link } = exampleValues;
    const older = (template: string) => textOf(template, { device, address, at, link });

    for (const template of [
      'passkey_added',
      'passkey_removed',
      'passkey_cloned',
      'recovery_code_used',
    ]) {
      assert.match(
        older(template),
        /\n\nDevice: Firefox on Windows\nTime: .* 12:00\sPM UTC/,
        template,
      );
    }
    const decided = { at, link, state: 'rejected', act: 'users.delete' };
    assert.match(textOf('approval_decided', decided), /^Request: .*\nDecided: /m);
    assert.match(older('account_deleted'), /^We deleted your account and its data\./);
    assert.match(older('new_device'), /Time: .* 12:00\sPM UTC/);
  });
});
