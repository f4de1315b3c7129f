import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { describe, it } from 'node:test';
import { readConfig } from '#config/config.ts';
import { allProfileClaims } from '#config/kinds/profile-claims.ts';
import { cookieKey, faultsOf, key, production } from '#test/support/data/production-settings.ts';

describe('readConfig without settings', () => {
  it('names the settings that the environment or a file sets, except empty ones', () => {
    const env = { PORT: '3001', PRODUCT_NAME: ' ', SMTP_URL_FILE: '/dev/null', UNKNOWN: 'x' };

    assert.deepEqual([...readConfig(env).settingsInEnvironment].toSorted(), ['PORT', 'SMTP_URL']);
  });

  it('returns a development configuration', () => {
    const { issuerUrl, ...config } = readConfig({});

    assert.equal(issuerUrl.href, 'http://localhost:3000/');
    assert.deepEqual(config, {
      environment: 'development',
      environmentName: 'development',
      issuer: 'http://localhost:3000',
      host: '127.0.0.1',
      impersonationMinutes: 0,
      approvalRequired: [],
      settingsInEnvironment: new Set(),
      port: 3000,
      encryptionKeys: [],
      cookieKeys: [],
      trustedProxies: [],
      clientCertificateHeader: 'off',
      clientCertificateVerification: 'none',
      outboundAllow: [],
      registration: 'open',
      registrationDomains: [],
      clientRegistration: 'open',
      clientIdMetadataDocuments: 'on',
      clientRegistrationScopes: [
        'openid',
        'profile',
        'email',
        'address',
        'phone',
        'offline_access',
      ],
      clientRegistrationHosts: [],
      clientRegistrationPkce: 'required',
      clientRegistrationLimit: 10_000,
      clientRegistrationUnusedDays: 30,
      profileClaims: allProfileClaims,
      passkeyOrigins: [],
      fedcm: 'off',
      nativeSignIn: 'off',
      fastPath: 'on',
      adminAllow: [],
      apiCorsOrigins: [],
      apiSecondFactor: 'optional',
      docsAccess: 'public',
      signInProviders: [],
      supplements: [],
      emailVerification: 'later',
      emailSignIn: 'on',
      rateLimits: 'on',
      mailFrom: 'no-reply@localhost',
      workers: 1,
      opsHost: '127.0.0.1',
      logFormat: 'json',
      logLevel: 'info',
      traces: {
        protocol: 'http/protobuf',
        propagators: ['tracecontext', 'baggage'],
        sampler: 'parentbased_always_on',
        ratio: 1,
        serviceName: 'ostiary',
        intervalMilliseconds: 5000,
      },
      accessTokenSeconds: 3600,
      refreshTokenSeconds: 2_592_000,
      refreshLeewaySeconds: 10,
      postQuantumSignatures: 'off',
      signingKeyDays: 90,
      signingKeyLeadSeconds: 3600,
      sessionIdleSeconds: 604_800,
      trustedDeviceDays: 30,
      staySignedIn: 'on',
      sessionTransientIdleSeconds: 3600,
      sessionMaxSeconds: 2_592_000,
      requirePkce: 'all',
      dataDirectory: '.ostiary',
      databasePoolSize: 8,
      databasePooler: 'none',
      productName: 'Ostiary',
      minimumPasswordLength: 15,
      argon2: { memoryKib: 19_456, iterations: 2, parallelism: 1, queueLimit: 100 },
      stopSeconds: 10,
      developmentPages: true,
      developmentPagesFor: 'loopback',
    });
  });

  it('treats empty values as absent', () => {
    assert.equal(readConfig({ DATABASE_URL: '', PORT: ' ', NODE_ENV: '' }).databaseUrl, undefined);
  });
});

describe('readConfig in production', () => {
  it('accepts the five required settings', () => {
    const config = readConfig(production);

    assert.equal(config.host, '0.0.0.0');
    assert.equal(config.developmentPages, false);
    assert.equal(config.workers, availableParallelism());
    assert.deepEqual(config.encryptionKeys, [{ id: 'a', key: Buffer.from(key, 'base64') }]);
    assert.deepEqual(config.cookieKeys, [cookieKey]);
  });

  it('reports all missing settings at once', () => {
    const names = faultsOf({ NODE_ENV: 'production' }).map((line) => line.split(' ')[1]);

    assert.deepEqual(names, [
      'ISSUER',
      'DATABASE_URL',
      'REDIS_URL',
      'ENCRYPTION_KEYS',
      'COOKIE_KEYS',
    ]);
  });

  it('needs no Redis if short-lived state is in the database', () => {
    const { REDIS_URL, ...others } = production;
    const config = readConfig({ ...others, SHORT_LIVED_STORE: 'postgres', WORKERS: '2' });

    assert.equal(config.shortLivedStore, 'postgres');
    assert.deepEqual(faultsOf({ ...others, REDIS_URL, SHORT_LIVED_STORE: 'postgres' }), [
      '- REDIS_URL must not be set together with SHORT_LIVED_STORE=postgres.',
    ]);
  });

  it('rejects an http issuer and weak password hashing', () => {
    const faults = faultsOf({
      ...production,
      ISSUER: 'http://id.example.com',
      ARGON2_MEMORY_KIB: '19455',
      ARGON2_ITERATIONS: '1',
    });

    assert.deepEqual(faults, [
      '- ISSUER must begin with https:// in production, not "http://id.example.com".',
      '- ARGON2_MEMORY_KIB must be at least 19456 in production.',
      '- ARGON2_ITERATIONS must be at least 2 in production.',
    ]);
  });

  it('rejects a misspelled NODE_ENV', () => {
    for (const NODE_ENV of ['prod', 'Production', 'staging']) {
      assert.equal(faultsOf({ NODE_ENV }).length, 1);
    }
  });
});

describe('invalid setting', () => {
  const faulty: Record<string, readonly string[]> = {
    PORT: ['65536', '-1', '3000.0', '3e3', '0x10', '03', '+1', 'NaN', '1_000'],
    HOST: ['a b', 'http://localhost'],
    DATABASE_URL: ['mysql://db', 'postgres//db', 'postgres://u:p#w@db/x'],
    REDIS_URL: ['http://cache', 'redis://a,b', 'redis://cache/x'],
    ENCRYPTION_KEYS: [
      key,
      'a:short',
      `a:${key},a:${key}`,
      `a:${key},b:${key}`,
      `a:${key},`,
      `a b:${key}`,
    ],
    COOKIE_KEYS: ['short', `${cookieKey},${cookieKey}`, 'not base64 at all, not base64 at all'],
    TRUSTED_PROXIES: [
      'proxy',
      '10.0.0.0/33',
      '10.0.0/8',
      '0.0.0.0/0',
      '::/0',
      '::1/129',
      '10.0.0.1,',
    ],
    PASSKEY_ORIGINS: [
      'http://a.example',
      'https://a.example/',
      'a.example',
      '*',
      'https://a.example,',
    ],
    OUTBOUND_ALLOW: ['10.0.0.0/8/8', 'fe80::1%eth0'],
    WORKERS: ['0', '257', 'auto'],
    REGISTRATION: ['OPEN', 'yes'],
    REQUIRE_PKCE: ['none'],
    PRODUCT_NAME: ['<b>', 'a\nb', 'x'.repeat(61)],
    REFRESH_LEEWAY_SECONDS: ['61'],
    MINIMUM_PASSWORD_LENGTH: ['7', '65'],
    SESSION_IDLE_SECONDS: ['2592001'],
    LOG_LEVEL: ['loud'],
  };
  for (const [name, values] of Object.entries(faulty)) {
    it(`${name} is reported by name`, () => {
      for (const value of values) {
        const faults = faultsOf({ [name]: value });
        assert.deepEqual(faults.length, 1, `${value}: ${faults.join()}`);
        assert.ok(faults[0]?.startsWith(`- ${name} `), faults[0]);
      }
    });
  }

  it('that may be a secret is not repeated in the message', () => {
    const env = {
      ENCRYPTION_KEYS: 'a:hunter2',
      COOKIE_KEYS: 'hunter2',
      DATABASE_URL: 'my://hunter2',
      REDIS_URL: 'x:hunter2@h',
    };

    const faults = faultsOf(env);

    assert.equal(faults.length, 4);
    assert.ok(!faults.join().includes('hunter2'));
  });

  it('does not hide other errors', () => {
    assert.equal(
      faultsOf({ PORT: 'x', WORKERS: '4', LOG_LEVEL: 'loud', NODE_ENV: 'production' }).length,
      8,
    );
  });

  it('that is a placeholder for a random key is accepted in development only', () => {
    const placeholder = { ENCRYPTION_KEYS: `a:${Buffer.alloc(32).toString('base64')}` };

    assert.equal(faultsOf({ ...production, ...placeholder }).length, 1);
    assert.equal(readConfig(placeholder).encryptionKeys.length, 1);
  });
});
