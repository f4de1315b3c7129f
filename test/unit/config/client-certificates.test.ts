// Settings for client certificates (RFC 8705), which depend on each other.
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

describe('CLIENT_CERTIFICATE_PORT', () => {
  const tls = { TLS_CERT_FILE: '/tls/cert.pem', TLS_KEY_FILE: '/tls/key.pem' };
  const https = { ISSUER: 'https://id.localhost', ...tls };

  it('has the host of ISSUER as its origin, unless another one is set', () => {
    const originOf = (settings: Readonly<Record<string, string>>) =>
      readConfig({ ...https, CLIENT_CERTIFICATE_PORT: '8443', ...settings })
        .clientCertificateOrigin;

    assert.equal(originOf({}), 'https://id.localhost:8443');
    assert.equal(originOf({ ISSUER: 'https://[::1]/id' }), 'https://[::1]:8443');
    assert.equal(
      originOf({ CLIENT_CERTIFICATE_PORT: '443', ISSUER: 'https://localhost:3000' }),
      'https://localhost',
    );
    const chosen = 'https://mtls.localhost';
    assert.equal(originOf({ CLIENT_CERTIFICATE_ORIGIN: chosen }), chosen);
    assert.equal(readConfig(https).clientCertificateOrigin, undefined);
  });

  it('requires a certificate of this server, and a separate port and origin', () => {
    const port = { CLIENT_CERTIFICATE_PORT: '8443' };

    assert.match(String(faultsOf({ ...port, ISSUER: https.ISSUER })), /requires TLS_CERT_FILE/);
    assert.match(String(faultsOf({ ...https, ...port, PORT: '8443' })), /must differ from PORT/);
    assert.match(String(faultsOf({ ...https, ...port, OPS_PORT: '8443' })), /from OPS_PORT/);
    const same = { ...https, ...port, ISSUER: 'https://id.localhost:8443' };
    assert.match(String(faultsOf(same)), /must differ from the origin of ISSUER/);
  });

  it('is required by CLIENT_CERTIFICATE_CA_FILE', () => {
    const faults = faultsOf({ ...https, CLIENT_CERTIFICATE_CA_FILE: '/tls/ca.pem' });

    assert.match(String(faults), /CA_FILE requires CLIENT_CERTIFICATE_PORT/);
  });
});

describe('TLS_CERT_FILE', () => {
  it('is set together with its key, for an https issuer', () => {
    const cert = { TLS_CERT_FILE: '/tls/cert.pem' };
    const both = { ...cert, TLS_KEY_FILE: '/tls/key.pem' };

    assert.match(String(faultsOf(cert)), /TLS_CERT_FILE and TLS_KEY_FILE must be set together/);
    assert.match(String(faultsOf({ ...both, ISSUER: 'http://localhost:3000' })), /https address/);
    assert.equal(readConfig({ ...both, PORT: '4000' }).issuer, 'https://localhost:4000');
  });
});
