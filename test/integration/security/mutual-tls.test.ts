// Mutual TLS (RFC 8705): client authentication and certificate-bound tokens, on two nodes behind a
// proxy that passes on certificates as nginx does.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import { createHttpClient } from '#test/support/actors/http-client.ts';
import { createProvingSend } from '#test/support/steps/dpop.ts';
import { assertInvalidGrant, assertRefused, offline } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import {
  createRelyingParty,
  type AppIdentity,
  type Parameters,
} from '#test/support/actors/relying-party.ts';
import type { AppFacts } from '#test/support/data/registrations.ts';
import {
  bound,
  bySelfSigned,
  makeCertificate,
  nginxHeaders,
  nginxSettings,
  withHeaders,
  type TestCertificate,
} from '#test/support/steps/client-certificates.ts';

const other = 'https://mtls.id.localhost';
const own = makeCertificate({ subject: '/C=AT/O=Bank/CN=tasks' });
const foreign = makeCertificate({ subject: '/C=AT/O=Bank/CN=other' });
const bySubject = {
  token_endpoint_auth_method: 'tls_client_auth',
  tls_client_auth_subject_dn: 'CN=tasks,O=Bank,C=AT',
};
const ofOwn = bySelfSigned(own);
const machine = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] };
const clientGrant: Parameters = { grant_type: 'client_credentials' };
const settings = {
  ...nginxSettings,
  CLIENT_CERTIFICATE_ORIGIN: other,
};

describeNodes('mutual TLS', { settings }, (nodes) => {
  it('authenticates a client by the subject of its certificate, and binds its tokens', async () => {
    const { rp, elsewhere } = await aParty(nodes(), own, { ...bySubject, ...bound });
    const person = await nodes().createUser();

    const login = await rp.login(person, offline);
    const refreshed = await elsewhere.refresh(login.refreshToken);

    const { body } = await elsewhere.introspect(refreshed.accessToken);
    assert.deepEqual(body['cnf'], { 'x5t#S256': own.thumbprint });
    assert.equal((await elsewhere.userinfo({ ...login, ...pick(refreshed) }))['sub'], person.id);
    // FAPI 2.0 Security Profile §5.3.2.1: the token of a confidential client is not rotated.
    assert.equal(refreshed.refreshToken, login.refreshToken);
  });

  it('refuses bound tokens that are presented with another certificate or none', async () => {
    const { rp } = await aParty(nodes(), own, { ...bySubject, ...bound });
    const { accessToken } = await rp.login(await nodes().createUser());
    const stolen = await rp.through(withHeaders(nodes().at(0).send, nginxHeaders(foreign)));
    const bare = await rp.through(nodes().at(1).send);

    for (const thief of [stolen, bare]) {
      const { status, headers } = await thief.tryUserinfo(accessToken);
      assert.equal(status, 401);
      assert.match(headers.get('www-authenticate') ?? '', /error="invalid_token"/);
    }
  });

  it('binds a JWT access token, and names the certificate at introspection', async () => {
    const api = await nodes().createApi({ accessTokenFormat: 'jwt' });
    const { rp, elsewhere } = await aParty(nodes(), own, {
      ...bySubject,
      ...bound,
      ...machine,
      resources: [api.audience],
    });

    const { accessToken } = await rp.clientCredentials({ resource: api.audience });

    const expected = { 'x5t#S256': own.thumbprint };
    assert.deepEqual(decodeJwt(accessToken)['cnf'], expected);
    assert.deepEqual((await elsewhere.introspect(accessToken)).body['cnf'], expected);
  });

  it('refuses another subject, a chain that was not verified, and no certificate', async () => {
    const { rp } = await aParty(nodes(), own, { ...bySubject, ...machine });
    const { send } = nodes().at(0);
    const attempts = [
      nginxHeaders(foreign),
      nginxHeaders(own, 'FAILED:self-signed certificate'),
      nginxHeaders(own, 'NONE'),
      { 'x-ssl-client-cert': '', 'x-ssl-client-verify': 'SUCCESS' },
      { 'client-cert': `:${own.base64}:`, 'x-ssl-client-verify': 'SUCCESS' },
    ];

    assert.equal((await rp.token(clientGrant)).status, 200);
    for (const headers of attempts) {
      const attacker = await rp.through(withHeaders(send, headers));
      assertRefused(await attacker.token(clientGrant), 401, 'invalid_client');
    }
  });

  it('authenticates a client by its registered self-signed certificate only', async () => {
    const { rp } = await aParty(nodes(), own, { ...ofOwn, ...machine }, 'NONE');
    const copy = makeCertificate({ subject: '/C=AT/O=Bank/CN=tasks' });
    const forged = await rp.through(withHeaders(nodes().at(1).send, nginxHeaders(copy)));

    assert.equal((await rp.token(clientGrant)).status, 200);
    assertRefused(await forged.token(clientGrant), 401, 'invalid_client');
  });

  it('binds the refresh token of a public client, which is rotated', async () => {
    const { rp } = await aParty(nodes(), own, { auth: 'none', ...bound });
    const login = await rp.login(await nodes().createUser(), offline);
    const thief = await rp.through(withHeaders(nodes().at(1).send, nginxHeaders(foreign)));
    const bare = await rp.through(nodes().at(0).send);

    assertInvalidGrant(await thief.tryRefresh(login.refreshToken));
    assertInvalidGrant(await bare.tryRefresh(login.refreshToken));
    const next = await rp.refresh(login.refreshToken);
    assert.notEqual(next.refreshToken, login.refreshToken);
  });

  it('can be combined with private_key_jwt and with DPoP', async () => {
    const signing = await aParty(nodes(), own, { auth: 'private_key_jwt', ...bound, ...machine });
    const proving = await aParty(nodes(), own, {
      ...bySubject,
      ...machine,
      dpop_bound_access_tokens: true,
    });
    const send = withHeaders(nodes().at(1).send, nginxHeaders(own));
    const rp = await proving.rp.through(await createProvingSend(send));

    const certified = await signing.rp.token(clientGrant);
    const proved = await rp.token(clientGrant);

    assert.deepEqual([certified.status, proved.status], [200, 200]);
    assert.equal(certified.body['token_type'], 'Bearer');
    assert.equal(proved.body['token_type'], 'DPoP');
  });

  it('is offered at another origin, which serves no other endpoint', async (t) => {
    const app = await nodes().createClient({
      ...bySubject,
      ...machine,
      dpop_bound_access_tokens: true,
    });
    const { as } = await nodes().relyingParty();
    const aliases = as.mtls_endpoint_aliases;
    const send = createHttpClient(t, other, nodes().at(1).port);
    const proving = await createProvingSend(withHeaders(send, nginxHeaders(own)));
    const body = new URLSearchParams({ ...clientGrant, client_id: app.clientId } as Record<
      string,
      string
    >);

    const answer = await proving(aliases?.token_endpoint ?? '', { method: 'POST', body });
    const elsewhere = ['/oauth2/authorize', '/auth/account', '/.well-known/openid-configuration'];
    const refused = await Promise.all(elsewhere.map((path) => send(other + path)));
    const asking = await Promise.all(
      ['backchannel_authentication_endpoint', 'device_authorization_endpoint'].map((name) =>
        send(String(Object(aliases)[name]), { method: 'POST', body }),
      ),
    );

    assert.equal(aliases?.token_endpoint, `${other}/oauth2/token`);
    assert.equal(aliases?.userinfo_endpoint, `${other}/oauth2/userinfo`);
    assert.equal(answer.status, 200, await answer.text());
    // Without a certificate.
    assert.deepEqual(
      asking.map(({ status }) => status),
      [401, 401],
    );
    assert.deepEqual(
      refused.map(({ status }) => status),
      [421, 421, 421],
    );
    assert.ok(as.token_endpoint_auth_methods_supported?.includes('tls_client_auth'));
    assert.equal(as.tls_client_certificate_bound_access_tokens, true);
  });

  it('refuses metadata that contradicts itself', async () => {
    const faults: readonly (readonly [AppFacts, RegExp])[] = [
      [{ token_endpoint_auth_method: 'tls_client_auth' }, /certificate subject value/],
      [{ ...bySubject, tls_client_auth_san_dns: 'a.example' }, /only one .* subject value/],
      [{ tls_client_auth_san_dns: 'a.example' }, /requires token_endpoint_auth_method/],
      [{ ...bound, dpop_bound_access_tokens: true }, /only one proof of possession/],
      [{ ...ofOwn, jwks: { keys: [{ ...own.jwk, x5c: undefined }] } }, /x5c/],
    ];
    for (const [facts, message] of faults) {
      await assert.rejects(nodes().createClient(facts), { message });
    }
  });
});

/** A client whose requests go through a proxy with its certificate, on each of the nodes. */
async function aParty(
  nodes: Nodes,
  certificate: TestCertificate,
  facts: AppFacts,
  verify = 'SUCCESS',
) {
  const app: AppIdentity = await nodes.createClient(facts);
  const through = (turn: number) => {
    const send = withHeaders(nodes.at(turn).send, nginxHeaders(certificate, verify));
    return createRelyingParty({ issuer: nodes.issuer, send, app });
  };
  return { rp: await through(0), elsewhere: await through(1) };
}

/** The tokens of a refresh replace those of the sign-in, except for the ID token. */
function pick({ accessToken }: { readonly accessToken: string }) {
  return { accessToken };
}
