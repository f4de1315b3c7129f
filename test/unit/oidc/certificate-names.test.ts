// The subject of a client certificate and the registered one (RFC 8705 §2.1.2).
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  matchesCertificate,
  readDistinguishedName,
  type CertificateMember,
} from '#oidc/security/certificate-names.ts';
import { makeCertificate } from '#test/support/steps/client-certificates.ts';

const subject = '/C=AT/O=Müller, Söhne "x"/OU=R\\+D/CN=tasks  client/emailAddress=a@b.example';
const alternativeNames = [
  'DNS:client.example',
  'DNS:*.wild.example',
  'URI:https://client.example/a?b=1',
  'IP:2001:db8::1',
  'IP:192.0.2.7',
  'email:ops@client.example',
].join(',');
const certificate = new X509Certificate(makeCertificate({ subject, alternativeNames }).pem);
const written = 'emailAddress=a@b.example,CN=tasks client,OU=R\\+D,O=Müller\\, Söhne \\"x\\",C=AT';

const equal: readonly (readonly [CertificateMember, string, string])[] = [
  ['tls_client_auth_subject_dn', 'in the form of RFC 4514', written],
  [
    'tls_client_auth_subject_dn',
    'in another case',
    written.toUpperCase().replace('MÜLLER', 'Müller'),
  ],
  [
    'tls_client_auth_subject_dn',
    'with space between parts',
    written.replaceAll(/(?<!\\),/g, ' , '),
  ],
  [
    'tls_client_auth_subject_dn',
    'with escaped bytes',
    written.replace('\\,', '\\2c').replace('ü', '\\C3\\BC'),
  ],
  [
    'tls_client_auth_subject_dn',
    'with object identifiers',
    written.replace('CN=', '2.5.4.3=').replace('emailAddress=', '1.2.840.113549.1.9.1='),
  ],
  ['tls_client_auth_san_dns', 'in another case', 'Client.Example'],
  ['tls_client_auth_san_uri', 'exactly', 'https://client.example/a?b=1'],
  ['tls_client_auth_san_ip', 'in another spelling', '2001:DB8:0:0::1'],
  ['tls_client_auth_san_ip', 'of version 4', '192.0.2.7'],
  ['tls_client_auth_san_email', 'exactly', 'ops@client.example'],
];

const different: readonly (readonly [CertificateMember, string, string])[] = [
  [
    'tls_client_auth_subject_dn',
    'in the reverse order',
    written
      .split(/(?<!\\),/)
      .toReversed()
      .join(','),
  ],
  ['tls_client_auth_subject_dn', 'without a part', written.replace(',C=AT', '')],
  ['tls_client_auth_subject_dn', 'with another part', `${written},DC=example`],
  ['tls_client_auth_subject_dn', 'with another value', written.replace('tasks', 'other')],
  ['tls_client_auth_subject_dn', 'that is empty', ''],
  ['tls_client_auth_subject_dn', 'that is malformed', 'client.example'],
  ['tls_client_auth_subject_dn', 'with an incomplete escape', `${written}\\`],
  ['tls_client_auth_san_dns', 'of another host', 'other.example'],
  ['tls_client_auth_san_dns', 'that only a wildcard matches', 'a.wild.example'],
  ['tls_client_auth_san_dns', 'that begins with a full stop', '.example'],
  ['tls_client_auth_san_uri', 'of another path', 'https://client.example/a'],
  ['tls_client_auth_san_ip', 'that is no address', 'client.example'],
  ['tls_client_auth_san_email', 'in the subject only', 'a@b.example'],
];

describe('the subject of a client certificate', () => {
  for (const [member, name, value] of equal) {
    it(`matches ${member} ${name}`, () => {
      assert.equal(matchesCertificate(certificate, member, value), true);
    });
  }

  for (const [member, name, value] of different) {
    it(`does not match ${member} ${name}`, () => {
      assert.equal(matchesCertificate(certificate, member, value), false);
    });
  }

  it('may have several attributes in one part, in any order', () => {
    const one = readDistinguishedName('CN=a+OU=b,C=AT');

    assert.deepEqual(one, [new Set(['c=at']), new Set(['cn=a', 'ou=b'])]);
    assert.deepEqual(readDistinguishedName('OU=b+CN=a,C=AT'), one);
  });
});
