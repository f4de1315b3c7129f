// The forms in which proxies pass on a client certificate (docs/guides/mutual-tls.md).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IncomingMessage } from 'node:http';
import { createCertificateReader } from '#http/middleware/certificates/client-certificate.ts';
import { readCertificate, type HeaderForm } from '#http/middleware/certificates/header-forms.ts';
import { makeCertificate } from '#test/support/steps/client-certificates.ts';

const own = makeCertificate({ subject: '/CN=own' });
const other = makeCertificate({ subject: '/CN=other' });
const escaped = encodeURIComponent(own.pem);
/** AWS leaves + = / as they are. */
const escapedByAws = escaped.replaceAll('%2B', '+').replaceAll('%3D', '=').replaceAll('%2F', '/');
/** Envoy also escapes in its own way, and lists the pairs in any order. */
const element = (pem: string, more = '') => `Hash=00${more};Cert="${encodeURIComponent(pem)}"`;

type Headers = Readonly<Record<string, string>>;

const readable: readonly (readonly [string, HeaderForm, Headers])[] = [
  ['nginx', 'nginx', { 'x-ssl-client-cert': escaped }],
  ['Caddy', 'caddy', { 'x-ssl-client-cert': own.base64 }],
  ['Envoy', 'envoy', { 'x-forwarded-client-cert': element(own.pem) }],
  [
    'Envoy with a subject that contains separators',
    'envoy',
    { 'x-forwarded-client-cert': element(own.pem, ';Subject="CN=a\\",b;Cert=c";URI=spiffe://d') },
  ],
  [
    'Envoy behind another proxy, as the last element',
    'envoy',
    { 'x-forwarded-client-cert': `${element(other.pem)},${element(own.pem)}` },
  ],
  [
    'Envoy, after an element of the client that opens a quotation',
    'envoy',
    {
      'x-forwarded-client-cert': `Cert=${encodeURIComponent(other.pem)};URI=",${element(own.pem)}`,
    },
  ],
  ['an AWS load balancer', 'alb', { 'x-amzn-mtls-clientcert': escapedByAws }],
  [
    'an AWS load balancer, followed by its chain',
    'alb',
    { 'x-amzn-mtls-clientcert': escapedByAws + encodeURIComponent(other.pem) },
  ],
  ['RFC 9440', 'rfc9440', { 'client-cert': `:${own.base64}:` }],
];

const unreadable: readonly (readonly [string, HeaderForm, Headers])[] = [
  ['no header', 'nginx', {}],
  ['an empty header', 'nginx', { 'x-ssl-client-cert': '' }],
  ['a repeated header', 'nginx', { 'x-ssl-client-cert': `${escaped}, ${escaped}` }],
  ['malformed escapes', 'nginx', { 'x-ssl-client-cert': '%E0%A4%A' }],
  ['the form of another proxy', 'caddy', { 'x-ssl-client-cert': escaped }],
  ['the header of another proxy', 'envoy', { 'x-ssl-client-cert': escaped }],
  ['DER that is no certificate', 'caddy', { 'x-ssl-client-cert': 'AAAA' }],
  ['an element without certificate', 'envoy', { 'x-forwarded-client-cert': 'Hash=00;URI=a' }],
  [
    'a last element without certificate',
    'envoy',
    { 'x-forwarded-client-cert': `${element(own.pem)},Hash=00` },
  ],
  [
    'two certificates in one element',
    'envoy',
    { 'x-forwarded-client-cert': `${element(own.pem)};Cert="${encodeURIComponent(other.pem)}"` },
  ],
  ['bytes without colons', 'rfc9440', { 'client-cert': own.base64 }],
  ['two values', 'rfc9440', { 'client-cert': `:${own.base64}:, :${own.base64}:` }],
];

describe('the certificate in the header of a proxy', () => {
  for (const [name, form, headers] of readable) {
    it(`is read from ${name}`, () => {
      const found = readCertificate(form, headers, false);

      assert.equal(found?.certificate.raw.equals(own.der), true);
      assert.equal(found.isVerified, false);
    });
  }

  for (const [name, form, headers] of unreadable) {
    it(`is absent in ${name}`, () => {
      assert.equal(readCertificate(form, headers, true), undefined);
    });
  }

  for (const [name, form, headers] of readable) {
    it(`is ignored in ${name} if the peer is not the trusted proxy`, () => {
      const settings = {
        clientCertificateHeader: form,
        clientCertificateVerification: 'none',
        trustedProxies: ['10.0.0.0/24', '::1'],
      } as const;
      const readerOf = createCertificateReader(settings, () => new Date());
      const from = (remoteAddress?: string) => {
        const request = { socket: { remoteAddress }, headers };
        // The reader uses only these two members.
        return readerOf?.(request as IncomingMessage)() !== undefined;
      };

      const peers = [
        '10.0.0.7',
        '::ffff:10.0.0.7',
        '::1',
        '10.0.1.7',
        '::ffff:10.0.1.7',
        '::2',
        '',
      ];
      const found = peers.map((peer) => from(peer));

      assert.deepEqual(found, [true, true, true, false, false, false, false]);
      assert.equal(from(undefined), false);
    });
  }

  it('is verified if the proxy verifies, and in nginx reports success', () => {
    const headers = { 'x-ssl-client-cert': escaped };
    const states = ['SUCCESS', 'FAILED:self-signed certificate', 'NONE'].map((state) =>
      readCertificate('nginx', { ...headers, 'x-ssl-client-verify': state }, true),
    );
    const caddy = readCertificate('caddy', { 'x-ssl-client-cert': own.base64 }, true);

    assert.deepEqual(
      states.map((state) => state?.isVerified),
      [true, false, false],
    );
    assert.equal(readCertificate('nginx', headers, true)?.isVerified, false);
    assert.equal(caddy?.isVerified, true);
  });

  it('of an AWS load balancer that verifies is only in the header of that mode', () => {
    const passed = { 'x-amzn-mtls-clientcert': escapedByAws };
    const verified = { 'x-amzn-mtls-clientcert-leaf': escapedByAws };

    assert.equal(readCertificate('alb', passed, true), undefined);
    assert.equal(readCertificate('alb', verified, false), undefined);
    assert.equal(readCertificate('alb', verified, true)?.isVerified, true);
  });
});
