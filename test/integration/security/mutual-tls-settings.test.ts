// Mutual TLS (RFC 8705) by settings: which peers may pass on a certificate, and which methods are offered.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { assertRefused } from '#test/support/data/outcomes.ts';
import type { Parameters } from '#test/support/actors/relying-party.ts';
import {
  bound,
  bySelfSigned,
  makeCertificate,
  nginxHeaders,
  nginxSettings,
  withHeaders,
} from '#test/support/steps/client-certificates.ts';

const own = makeCertificate();
const bySubject = {
  token_endpoint_auth_method: 'tls_client_auth',
  tls_client_auth_subject_dn: 'CN=client',
};
const ofOwn = bySelfSigned(own);
const machine = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] };
const clientGrant: Parameters = { grant_type: 'client_credentials' };
const untrusting = { ...nginxSettings, TRUSTED_PROXIES: '192.0.2.1' };

describeApp(
  'a certificate header of a peer that is no trusted proxy',
  { settings: untrusting },
  (app) => {
    it('is ignored', async () => {
      const facts = { ...ofOwn, ...machine };
      const rp = await app().relyingParty(facts);
      const attacker = await rp.through(withHeaders(app().send, nginxHeaders(own)));

      assertRefused(await attacker.token(clientGrant), 401, 'invalid_client');
    });
  },
);

describeApp('mutual TLS without its setting', {}, (app) => {
  it('is not offered, and no client can require it', async () => {
    const rp = await app().relyingParty();
    const refusal = { message: /requires the setting CLIENT_CERTIFICATE_HEADER/ };

    assert.equal(rp.as.tls_client_certificate_bound_access_tokens, undefined);
    assert.equal(rp.as.token_endpoint_auth_methods_supported?.includes('tls_client_auth'), false);
    for (const facts of [bySubject, ofOwn, bound]) {
      await assert.rejects(app().createClient(facts), refusal);
    }
  });
});

const unverified = { ...nginxSettings, CLIENT_CERTIFICATE_VERIFICATION: 'none' };

describeApp('mutual TLS behind a proxy that verifies no chain', { settings: unverified }, (app) => {
  it('is offered for self-signed certificates only', async () => {
    const rp = await app().relyingParty({ ...ofOwn, ...machine });
    const through = await rp.through(withHeaders(app().send, nginxHeaders(own)));

    assert.equal((await through.token(clientGrant)).status, 200);
    await assert.rejects(app().createClient(bySubject), {
      message: /requires the setting CLIENT_CERTIFICATE_VERIFICATION=proxy/,
    });
  });
});
