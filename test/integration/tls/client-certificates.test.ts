// Mutual TLS (RFC 8705) where this server terminates TLS: certificates are presented on a separate port, in
// real connections, by the strict library openid-client, which follows mtls_endpoint_aliases.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as client from 'openid-client';
import type { Identity } from '#test/support/browser/certificate.ts';
import type { AppFacts } from '#test/support/data/registrations.ts';
import type { Send, WireRequest } from '#test/support/actors/http-client.ts';
import { createRelyingParty } from '#test/support/actors/relying-party.ts';
import { transport } from '#test/support/actors/relying-party-types.ts';
import { describeTlsServer, type TlsServer } from '#test/support/services/tls-server.ts';
import { makeAuthority } from '#test/support/steps/certificate-authority.ts';
import {
  bound,
  bySelfSigned,
  describeCertificate,
  makeCertificate,
  nginxHeaders,
  withHeaders,
  type TestCertificate,
} from '#test/support/steps/client-certificates.ts';

const trusted = makeAuthority();
const issuing = trusted.delegate();
const subject = '/C=AT/O=Bank/CN=tasks';
const certified = trusted.issue({ subject });
const selfSigned = makeCertificate({ subject });
const machine = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] };
const bySubject = {
  token_endpoint_auth_method: 'tls_client_auth',
  tls_client_auth_subject_dn: 'CN=tasks,O=Bank,C=AT',
};

describeTlsServer('mutual TLS without a proxy', { clientCa: trusted.pem }, (server) => {
  it('authenticates a client by the subject that a CA of the operator has certified', async () => {
    const app = await register(server(), { ...bySubject, ...bound, ...machine });
    const rp = await app.with(certified);

    const { access_token: token } = await client.clientCredentialsGrant(rp);
    const introspected = await client.tokenIntrospection(rp, token);

    const { thumbprint } = describeCertificate(certified.cert, certified.key);
    assert.deepEqual(introspected.cnf, { 'x5t#S256': thumbprint });
    assert.equal(introspected.active, true);
  });

  it('authenticates a client by its registered self-signed certificate', async () => {
    const app = await register(server(), { ...bySelfSigned(selfSigned), ...bound, ...machine });
    const rp = await app.with(identityOf(selfSigned));

    const { access_token: token } = await client.clientCredentialsGrant(rp);
    const introspected = await client.tokenIntrospection(rp, token);

    assert.deepEqual(introspected.cnf, { 'x5t#S256': selfSigned.thumbprint });
  });

  it('refuses a subject that no CA of the operator has certified', async () => {
    const app = await register(server(), { ...bySubject, ...machine });
    const { cert: ofAnother, key } = makeAuthority().issue({ subject });
    const attempts: readonly Partial<Identity>[] = [
      identityOf(selfSigned),
      { cert: ofAnother, key },
      trusted.issue({ subject: '/C=AT/O=Bank/CN=other' }),
      {},
    ];

    for (const own of attempts) await refused(app, own);
  });

  it('refuses a self-signed certificate other than the registered one', async () => {
    const app = await register(server(), { ...bySelfSigned(selfSigned), ...machine });

    await refused(app, identityOf(makeCertificate({ subject })));
    await refused(app, certified);
    await refused(app, {});
  });

  it('accepts a chain with an intermediate CA that the client sends', async () => {
    const app = await register(server(), { ...bySubject, ...machine });
    const { cert, key } = issuing.issue({ subject });

    const rp = await app.with({ cert: cert + issuing.pem, key });

    assert.ok((await client.clientCredentialsGrant(rp)).access_token);
    await refused(app, { cert, key });
  });

  it('ignores a certificate in a header', async () => {
    const bySubjectApp = await register(server(), { ...bySubject, ...machine });
    const selfSignedApp = await register(server(), { ...bySelfSigned(selfSigned), ...machine });
    const forged = (send: Send) => withHeaders(send, nginxHeaders(selfSigned));

    await refused(bySubjectApp, {}, forged);
    await refused(selfSignedApp, {}, forged);
    await refused(selfSignedApp, certified, forged);
  });

  it('binds the tokens of a sign-in, and refuses them with another certificate or none', async () => {
    const facts = { ...bySelfSigned(selfSigned), ...bound };
    const app = await server().createClient(facts);
    const person = await server().createUser();
    const { issuer } = server();
    const from = (own: Partial<Identity>) =>
      createRelyingParty({ issuer, send: presenting(server(), own), app });
    const rp = await from(identityOf(selfSigned));

    const { accessToken } = await rp.login(person);

    assert.equal((await rp.tryUserinfo(accessToken)).body['sub'], person.id);
    const thieves = [certified, identityOf(makeCertificate({ subject })), {}];
    for (const own of thieves) {
      const { status, headers } = await (await from(own)).tryUserinfo(accessToken);
      assert.equal(status, 401);
      assert.match(headers.get('www-authenticate') ?? '', /error="invalid_token"/);
    }
  });

  it('never asks browsers for a certificate, and serves no page on the port that does', async () => {
    const { issuer, askingOrigin } = server();
    const send = server().client(certified);

    const page = await send(`${issuer}/auth/account`);
    const metadata = await send(`${issuer}/.well-known/openid-configuration`);
    const paths = ['/auth/account', '/oauth2/authorize', '/.well-known/openid-configuration'];
    const elsewhere = await Promise.all(paths.map((path) => send(askingOrigin + path)));

    assert.ok(page.status < 400);
    const { mtls_endpoint_aliases: aliases } = Object(await metadata.json());
    assert.equal(aliases.token_endpoint, `${askingOrigin}/oauth2/token`);
    assert.deepEqual(
      elsewhere.map(({ status }) => status),
      [421, 421, 421],
    );
  });
});

const behindProxy = {
  clientCa: trusted.pem,
  settings: {
    TRUSTED_PROXIES: '127.0.0.1',
    CLIENT_CERTIFICATE_HEADER: 'nginx',
    CLIENT_CERTIFICATE_VERIFICATION: 'proxy',
  },
};

describeTlsServer('mutual TLS of a proxy that connects over TLS', behindProxy, (server) => {
  it('is not used as that of its clients, whose certificates are in the header', async () => {
    const app = await register(server(), { ...bySubject, ...machine });
    const { cert: pem, key } = certified;
    const header = nginxHeaders(describeCertificate(pem, key));

    const rp = await app.with(trusted.issue({ subject: '/CN=proxy' }), (send) =>
      withHeaders(send, header),
    );

    assert.ok((await client.clientCredentialsGrant(rp)).access_token);
    await refused(app, certified);
  });
});

const identityOf = ({ pem, key }: TestCertificate): Identity => ({ cert: pem, key });

/** Sends the requests of clients, unlike those of browsers, to the port that asks for a certificate. */
function presenting({ issuer, askingOrigin, client: connect }: TlsServer, own: Partial<Identity>) {
  const send = connect(own);
  const aliased = /\/oauth2\/(?:token|userinfo)$/;
  return (url: string | URL, request?: WireRequest) => {
    const isAliased = aliased.test(String(url));
    return send(isAliased ? String(url).replace(issuer, askingOrigin) : url, request);
  };
}

type Registered = Awaited<ReturnType<typeof register>>;

/** A client, which `with` configures to present a certificate. */
async function register(server: TlsServer, facts: AppFacts) {
  const { clientId } = await server.createClient(facts);
  return {
    async with(own: Partial<Identity>, through: (send: Send) => Send = (send) => send) {
      const options = transport(through(server.client(own)));
      return client.discovery(
        new URL(server.issuer),
        clientId,
        { use_mtls_endpoint_aliases: true },
        client.TlsClientAuth(),
        { [client.customFetch]: options[client.customFetch] },
      );
    },
  };
}

async function refused(
  app: Registered,
  own: Partial<Identity>,
  through?: (send: Send) => Send,
): Promise<void> {
  const rp = await app.with(own, through);
  await assert.rejects(client.clientCredentialsGrant(rp), { error: 'invalid_client', status: 401 });
}
