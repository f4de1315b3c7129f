import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { readConfig } from '#config/config.ts';
import { describeSettings } from '#config/documentation/configuration-page.ts';
import { describeEnvironment } from '#config/documentation/env-example.ts';
import { allSettings } from '#config/settings.ts';

describe('ISSUER', () => {
  const good = {
    'https://id.example.com/': 'https://id.example.com',
    'https://ID.example.com:443': 'https://id.example.com',
    'https://example.com/id/': 'https://example.com/id',
    'https://example.com/a/b-c_d.e~f': 'https://example.com/a/b-c_d.e~f',
    'http://[::1]:3000': 'http://[::1]:3000',
    'https://bücher.example': 'https://xn--bcher-kva.example',
  };
  for (const [text, issuer] of Object.entries(good)) {
    it(`${text} is normalized to ${issuer}`, () => {
      const config = readConfig({ NODE_ENV: 'development', ISSUER: text });

      assert.equal(config.issuer, issuer);
      assert.equal(config.issuerUrl.href.replace(/\/$/, ''), issuer);
    });
  }

  const bad = [
    'id.example.com',
    'ftp://id.example.com',
    'https://id.example.com?',
    'https://id.example.com/?a=b',
    'https://id.example.com/#',
    'https://user@id.example.com',
    'https://@id.example.com',
    'https://id.example.com//',
    'https://id.example.com/a//b',
    'https://id.example.com/a%2fb',
    'https://id.example.com/a b',
  ];
  for (const text of bad) {
    it(`rejects ${text}`, () =>
      assert.throws(
        () => readConfig({ ISSUER: text }),
        /^AppError: Invalid configuration \(1 error\):\n- ISSUER /,
      ));
  }

  it('uses PORT by default', () => {
    assert.equal(readConfig({ PORT: '4000' }).issuer, 'http://localhost:4000');
  });
});

describe('generated documentation of the settings', () => {
  it('is up to date in docs/configuration.md (npm run docs:configuration)', () => {
    assert.equal(
      readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8'),
      describeSettings(),
    );
  });

  it('is up to date in .env.example (npm run docs:configuration)', () => {
    const example = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
    const names = [...example.matchAll(/^# ([A-Z_\d]+)=/gm)].map(([, name = '']) => name);

    assert.equal(example, describeEnvironment());
    assert.deepEqual(
      names,
      allSettings.map(({ setting }) => setting.name),
    );
  });
});

describe('definitions of the settings', () => {
  it('have defaults and examples that they accept', () => {
    for (const { setting } of allSettings) {
      const texts = [setting.default, setting.example].flatMap((value) =>
        typeof value === 'string' || typeof value === 'number' ? [String(value)] : [],
      );
      for (const text of texts) assert.doesNotThrow(() => setting.kind.parse(text), setting.name);
    }
  });

  it('have unique names', () => {
    const names = allSettings.map(({ setting }) => setting.name);

    assert.equal(new Set(names).size, names.length);
  });
});

describe('TERMS_URL and TERMS_VERSION', () => {
  const [TERMS_URL, TERMS_VERSION] = ['https://example.com/terms', '1'];

  it('form one value', () => {
    assert.deepEqual(readConfig({ TERMS_URL, TERMS_VERSION }).terms, {
      url: TERMS_URL,
      version: TERMS_VERSION,
    });
  });

  it('must be set together', () => {
    for (const env of [{ TERMS_URL }, { TERMS_VERSION }]) {
      assert.throws(
        () => readConfig(env),
        /\(1 error\):\n- TERMS_URL and TERMS_VERSION must be set together\.$/,
      );
    }
  });
});
