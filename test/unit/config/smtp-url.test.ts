import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSmtpUrl } from '#platform/outbound/smtp-url.ts';

describe('SMTP_URL', () => {
  it('has a host and the default port of its scheme', () => {
    assert.deepEqual(parseSmtpUrl('smtp://mail.example'), {
      host: 'mail.example',
      port: 587,
      secure: false,
      requireTls: false,
      login: undefined,
    });
    assert.equal(parseSmtpUrl('smtps://mail.example').port, 465);
    assert.equal(parseSmtpUrl('smtps://mail.example').secure, true);
    assert.equal(parseSmtpUrl('smtp://[::1]:2525').host, '::1');
  });

  it('requires TLS with a password, unless disabled explicitly', () => {
    const { login, requireTls } = parseSmtpUrl('smtp://ann%40a.example:p%3Aq@mail.example');

    assert.deepEqual(login, { user: 'ann@a.example', password: 'p:q' });
    assert.equal(requireTls, true);
    assert.equal(parseSmtpUrl('smtp://a:b@mail.example?tls=optional').requireTls, false);
  });

  it('is rejected if it has unsupported parts, without repeating it', () => {
    const faulty = [
      'mail.example',
      'http://mail.example',
      'smtp://',
      'smtp://a:secret@mail.example?tls=never',
      'smtp://a:secret@mail.example?debug=true',
      'smtp://a:%zzsecret@mail.example',
    ];
    for (const text of faulty) {
      assert.throws(
        () => parseSmtpUrl(text),
        (error: Error) => !error.message.includes('secret'),
        text,
      );
    }
  });
});
