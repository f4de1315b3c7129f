// SIGN_IN_PROVIDERS: accepted values, and errors that are all reported at once without secrets.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { readConfig } from '#config/config.ts';

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
});
