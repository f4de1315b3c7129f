import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { showDevice } from '#http/i18n/devices.ts';
import { createTranslator } from '#http/i18n/locales.ts';
import { describeDevice } from '#platform/request/device-names.ts';

const mozilla = 'Mozilla/5.0';

describe('describeDevice', () => {
  it('returns the browser and operating system', () => {
    const names: readonly (readonly [string, string])[] = [
      [
        `${mozilla} (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0`,
        'Firefox, Windows',
      ],
      [
        `${mozilla} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15`,
        'Safari, macOS',
      ],
      [
        `${mozilla} (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36`,
        'Chrome, Linux',
      ],
      ['curl/8.14.1', 'curl'],
      ['', ''],
    ];

    for (const [userAgent, expected] of names) assert.equal(describeDevice(userAgent), expected);
  });

  it('returns short plain text for any User-Agent', () => {
    const sent = [
      '<script>alert(1)</script>',
      'x'.repeat(5000),
      '\u202egpj.exe',
      '((((((((((a',
      '\u0000',
    ];

    for (const userAgent of sent) {
      const name = describeDevice(userAgent);
      assert.ok(name.length <= 60);
      assert.match(name, /^[\p{L}\p{N} ,.()_-]*$/u);
    }
  });
});

describe('showDevice', () => {
  it('names browser and device in the language of the user', () => {
    assert.equal(showDevice(createTranslator('en'), 'Safari, iPhone'), 'Safari on iPhone');
    assert.equal(showDevice(createTranslator('ja'), 'Safari, iPhone'), 'iPhoneのSafari');
  });

  it('leaves a name without a device as it is', () => {
    for (const name of ['curl', '']) assert.equal(showDevice(createTranslator('en'), name), name);
  });
});
