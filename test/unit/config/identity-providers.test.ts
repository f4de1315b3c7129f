// SIGN_IN_PROVIDERS: accepted values, and errors that are all reported at once without secrets.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readConfig } from '#config/config.ts';
import { createDirectory } from '#test/support/services/databases.ts';

const google = {
  id: 'google',
  name: 'Google',
  issuer: 'https://accounts.google.com',
  client_id: 'client',
  client_secret: 'canary-secret',
};

const read = (value: unknown) =>
  readConfig({ SIGN_IN_PROVIDERS: JSON.stringify(value) }).signInProviders;

describe('SIGN_IN_PROVIDERS', () => {
  it('requires a name, an issuer, a client and its secret; the rest has defaults', () => {
    const [provider] = read([google]);

    assert.deepEqual(provider, {
      id: 'google',
      name: 'Google',
      issuer: 'https://accounts.google.com',
      clientId: 'client',
      credential: { kind: 'secret', secret: 'canary-secret' },
      scopes: ['openid', 'email', 'profile'],
      trustEmail: undefined,
      hostedDomain: undefined,
      oneTap: false,
      logo: { kind: 'mark', mark: 'google' },
    });
  });

  it('accepts private keys as JWK and PEM', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { client_secret: _, ...rest } = google;
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
    const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'k1' };

    for (const key of [pem, jwk]) {
      const [provider] = read([{ ...rest, private_key: key }]);
      assert.equal(provider?.credential.kind, 'key');
    }
  });

  it('reports every error at once, without secrets', () => {
    const value = [
      { ...google, issuer: 'http://accounts.google.com', canary: 1 },
      { ...google, id: 'Big', client_id: undefined },
      { ...google, id: 'both', private_key: 'canary-key' },
      { ...google, id: 'weak', client_secret: undefined, private_key: 'canary-key' },
      7,
    ];

    assert.throws(
      () => read(value),
      ({ message }: Error) => {
        assert.match(message, /SIGN_IN_PROVIDERS is invalid/);
        assert.match(message, /google: "canary" is not known, issuer must be an https address/);
        assert.match(message, /Big: id must be lower-case letters.*client_id/);
        assert.match(message, /both: needs either client_secret or private_key/);
        assert.match(message, /weak: private_key must be/);
        assert.match(message, /number 5/);
        assert.doesNotMatch(message, /canary-(?:secret|key)/);
        return true;
      },
    );
  });

  it('is JSON and contains each provider once', () => {
    const twice = [google, { ...google, client_id: 'another' }];

    assert.throws(() => read(twice), /each id must be unique; each issuer/);
    assert.throws(() => read({}), /must be a JSON list/);
    assert.throws(() => readConfig({ SIGN_IN_PROVIDERS: '[{"canary' }), /must be JSON\.$/);
  });

  it('requires https in production', () => {
    const local = { ...google, id: 'local', issuer: 'http://127.0.0.1:9', one_tap: true };

    assert.equal(read([local]).length, 1);
    assert.throws(
      () => readConfig({ NODE_ENV: 'production', SIGN_IN_PROVIDERS: JSON.stringify([local]) }),
      /must have an https issuer for local in production/,
    );
  });

  it('accepts a mark, an image file or an https URL as the logo', async (t) => {
    const directory = await createDirectory(t);
    const svg = join(directory, 'logo.svg');
    await writeFile(svg, '<svg xmlns="http://www.w3.org/2000/svg"/>');
    await writeFile(join(directory, 'large.png'), Buffer.alloc(200 * 1024));
    const acme = { ...google, id: 'acme', issuer: 'https://acme.example' };
    const logoOf = (logo?: string) => read([{ ...acme, logo }])[0]?.logo;

    assert.equal(logoOf(), undefined);
    assert.deepEqual(logoOf('github'), { kind: 'mark', mark: 'github' });
    assert.deepEqual(logoOf(svg), { kind: 'file', path: svg, extension: '.svg' });
    const url = 'https://acme.example/logo.png';
    assert.deepEqual(logoOf(url), { kind: 'url', url });
    const wrong = [
      'http://acme.example/logo.png',
      'https://u@acme.example/l.png',
      join(directory, 'large.png'),
      join(directory, 'none.svg'),
      '/etc/hosts',
      'data:image/png;base64,AAAA',
    ];
    for (const logo of wrong) {
      assert.throws(
        () => logoOf(logo),
        /acme: logo must be apple, .*, an https address, or the path/,
      );
    }
  });

  it('finds the mark of a well-known issuer', () => {
    const issuers = {
      'https://login.microsoftonline.com/common/v2.0': 'microsoft',
      'https://appleid.apple.com': 'apple',
      'https://gitlab.com': 'gitlab',
    };
    for (const [issuer, mark] of Object.entries(issuers)) {
      assert.deepEqual(read([{ ...google, issuer }])[0]?.logo, { kind: 'mark', mark });
    }
    assert.equal(
      read([{ ...google, issuer: 'https://gitlab.com.evil.example' }])[0]?.logo,
      undefined,
    );
  });
});
