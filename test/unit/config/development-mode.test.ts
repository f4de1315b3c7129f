import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from '#config/config.ts';

const SMTP_URL = 'smtp://mail.example.com:587';

describe('a server reachable from other hosts', () => {
  const exposed = [
    { ISSUER: 'https://id.example.com' },
    { ISSUER: 'http://192.168.1.5:3000' },
    { ISSUER: 'https://localhost.example.com' },
    { HOST: '0.0.0.0' },
    { HOST: '::' },
    { HOST: '192.168.1.5' },
    { ISSUER: 'https://localhost', HOST: '10.0.0.1' },
  ];

  it('is refused without NODE_ENV and SMTP_URL, with the settings to add', () => {
    for (const env of exposed) {
      assert.throws(
        () => readConfig(env),
        /- NODE_ENV or SMTP_URL must be set, because (?:ISSUER|HOST) .*: set NODE_ENV to production, or /,
        JSON.stringify(env),
      );
    }
  });

  it('has no development pages', () => {
    for (const env of exposed) {
      for (const said of [{ NODE_ENV: 'development' }, { NODE_ENV: 'test' }, { SMTP_URL }]) {
        const config = readConfig({ ...env, ...said });
        assert.equal(config.developmentPages, false, JSON.stringify({ ...env, ...said }));
        assert.equal(config.emailVerification, 'required');
      }
    }
  });

  it('has development pages with DEVELOPMENT_PAGES=on, only in development with a loopback issuer', () => {
    const DEVELOPMENT_PAGES = 'on';
    const container = { NODE_ENV: 'development', HOST: '0.0.0.0', DEVELOPMENT_PAGES };
    const ISSUER = 'https://id.example.com';

    assert.equal(readConfig(container).developmentPages, true);
    assert.equal(readConfig({ ...container, ISSUER }).developmentPages, false);
    assert.throws(() => readConfig({ HOST: '0.0.0.0', DEVELOPMENT_PAGES, ISSUER }));
  });

  it('is not one whose issuer and listening address are both loopback', () => {
    for (const env of [
      { ISSUER: 'https://localhost:8443' },
      { ISSUER: 'http://id.localhost' },
      { ISSUER: 'http://[::1]:3000', HOST: '::1' },
      { ISSUER: 'http://127.0.0.2', HOST: 'localhost' },
    ]) {
      assert.equal(readConfig(env).developmentPages, true, JSON.stringify(env));
    }
  });
});
