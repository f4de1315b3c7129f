// Settings of client certificates (RFC 8705), each of which requires others.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from '#config/config.ts';
import { faultsOf } from '#test/support/data/production-settings.ts';

describe('CLIENT_CERTIFICATE_HEADER', () => {
  const proxies = { TRUSTED_PROXIES: '127.0.0.1' };

  it('requires TRUSTED_PROXIES, which alone may send the header', () => {
    assert.match(String(faultsOf({ CLIENT_CERTIFICATE_HEADER: 'nginx' })), /TRUSTED_PROXIES/);
    const config = readConfig({ CLIENT_CERTIFICATE_HEADER: 'nginx', ...proxies });
    assert.equal(config.clientCertificateHeader, 'nginx');
  });

  it('is required by the settings that refine it', () => {
    const refined = {
      CLIENT_CERTIFICATE_VERIFICATION: 'proxy',
      CLIENT_CERTIFICATE_ORIGIN: 'https://mtls.example.com',
    };
    assert.equal(faultsOf(refined).length, 2);
    assert.equal(
      readConfig({ ...refined, ...proxies, CLIENT_CERTIFICATE_HEADER: 'envoy' })
        .clientCertificateOrigin,
      'https://mtls.example.com',
    );
  });

  it('has another origin than ISSUER, without a path', () => {
    const header = { CLIENT_CERTIFICATE_HEADER: 'alb', ...proxies };
    const origins = ['https://a.example/path', 'http://a.example', 'a.example'];
    for (const CLIENT_CERTIFICATE_ORIGIN of origins) {
      assert.equal(faultsOf({ ...header, CLIENT_CERTIFICATE_ORIGIN }).length, 1);
    }
    const same = { ISSUER: 'https://id.localhost', ...header };
    const faults = faultsOf({ ...same, CLIENT_CERTIFICATE_ORIGIN: 'https://id.localhost' });
    assert.match(String(faults), /must differ/);
  });
});
