// HTTPS without a proxy: pages, connections that are not TLS or not HTTP, and the shutdown of the server.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectPlainly } from 'node:net';
import { describe, it } from 'node:test';
import { text } from 'node:stream/consumers';
import type { ConnectionOptions } from 'node:tls';
import { createRelyingParty } from '#test/support/actors/relying-party.ts';
import { openTls } from '#test/support/actors/https-client.ts';
import { until } from '#test/support/faults/fault-suite.ts';
import {
  describeTlsServer,
  startTlsServer,
  type TlsServer,
} from '#test/support/services/tls-server.ts';

describeTlsServer('a server that terminates TLS', {}, (server) => {
  it('serves pages as an https issuer, whatever X-Forwarded-Proto says', async () => {
    const { issuer, client } = server();
    const headers = { 'x-forwarded-proto': 'http', 'x-forwarded-host': 'evil.example' };

    const page = await client()(`${issuer}/auth/sign-in`, { headers });
    const metadata = await client()(`${issuer}/.well-known/openid-configuration`, { headers });

    assert.match(page.headers.get('strict-transport-security') ?? '', /^max-age=\d+/);
    const cookies = page.headers.getSetCookie();
    assert.ok(cookies.length > 0 && cookies.every((cookie) => /; secure/i.test(cookie)));
    const { issuer: named, token_endpoint: endpoint } = Object(await metadata.json());
    assert.deepEqual([named, endpoint], [issuer, `${issuer}/oauth2/token`]);
  });

  it('signs a user in', async () => {
    const { issuer, client, createClient, createUser } = server();
    const app = await createClient({ auth: 'client_secret_basic' });
    const rp = await createRelyingParty({ issuer, send: client(), app });
    const person = await createUser();

    const { accessToken } = await rp.login(person);

    assert.equal(await rp.isActive(accessToken), true);
    assert.equal((await rp.tryUserinfo(accessToken)).body['sub'], person.id);
  });

  it('closes a connection that speaks plain HTTP, and serves the others', async () => {
    const { port } = new URL(server().issuer);
    const socket = connectPlainly(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');

    const [received] = await Promise.all([text(socket).catch(() => ''), once(socket, 'close')]);

    assert.doesNotMatch(received, /HTTP/);
    assert.equal((await server().client()(`${server().issuer}/health/ready`)).status, 200);
    assert.doesNotMatch(server().server.log(), /"level":"(?:error|fatal)"/);
  });

  it('responds to a malformed request as it does without TLS', async () => {
    const tooLong = `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`;

    for (const url of [server().issuer, server().askingOrigin]) {
      const nonsense = await answerTo(server(), url, 'NONSENSE\r\n\r\n');
      const overflow = await answerTo(server(), url, tooLong);

      assert.match(nonsense, /^HTTP\/1\.1 400 Bad Request\r\nX-Request-Id: [\w-]{36}\r\n/);
      assert.match(overflow, /^HTTP\/1\.1 431 /);
    }
  });

  it('speaks TLS 1.2 and 1.3, with the cipher suites of RFC 9325 only', async () => {
    const open = (options: ConnectionOptions) => openTls(server(), server().issuer, options);
    const weak = 'ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0';

    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await open({ minVersion: version, maxVersion: version });
      assert.equal(socket.getProtocol(), version);
      socket.destroy();
    }

    const older = {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    } as const;
    await assert.rejects(open(older), /alert protocol version/);
    await assert.rejects(open({ maxVersion: 'TLSv1.2', ciphers: weak }), /handshake failure/);
  });

  it('offers no tls_client_auth without CAs of the operator', async () => {
    const { issuer, client, createClient } = server();
    const bySubject = {
      token_endpoint_auth_method: 'tls_client_auth',
      tls_client_auth_subject_dn: 'CN=client',
    };

    const metadata = await client()(`${issuer}/.well-known/openid-configuration`);

    const { token_endpoint_auth_methods_supported: methods } = Object(await metadata.json());
    assert.equal(methods.includes('tls_client_auth'), false);
    assert.equal(methods.includes('self_signed_tls_client_auth'), true);
    await assert.rejects(createClient(bySubject), { message: /CLIENT_CERTIFICATE_CA_FILE/ });
  });

  it('refuses a renegotiation, which could replace the certificate of the client', async () => {
    const { askingOrigin } = server();
    const socket = await openTls(server(), askingOrigin, { maxVersion: 'TLSv1.2' });

    const outcome = await new Promise<unknown>((resolve) => {
      // The connection may be reset afterwards.
      socket.on('error', resolve);
      socket.renegotiate({}, () => resolve('renegotiated'));
    });

    assert.match(String(outcome), /no renegotiation/);
  });
});

describe('SIGTERM', () => {
  it('finishes a request over TLS, and closes idle and incomplete connections', async (t) => {
    const tls = await startTlsServer(t, { settings: { STOP_SECONDS: '5' } });
    const { port } = new URL(tls.issuer);
    const silent = connectPlainly(Number(port), '127.0.0.1')
      .on('error', () => undefined)
      .resume();
    const idle = (await openTls(tls, tls.askingOrigin)).on('error', () => undefined).resume();
    const busy = await openTls(tls, tls.issuer);
    const closed = Promise.all([silent, idle].map((socket) => once(socket, 'close')));
    const received = text(busy);
    const body = 'grant_type=client_credentials';
    busy.write(
      `POST /oauth2/token HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: ${body.length}\r\n` +
        'Content-Type: application/x-www-form-urlencoded\r\n\r\n',
    );
    await until('received', async () => busy.bytesWritten > 0);

    const stopped = tls.server.stop();
    await until('stopping', async () => /"event":"server.stopping"/.test(tls.server.log()));
    busy.write(body);

    assert.match(await received, /^HTTP\/1\.1 400 [^]*"invalid_request"/);
    await Promise.all([stopped, closed]);
    assert.match(tls.server.log(), /"event":"server.stopped"/);
  });
});

/** Returns what the server sends before it closes the connection. */
async function answerTo(server: TlsServer, url: string, sent: string): Promise<string> {
  const socket = await openTls(server, url);
  socket.write(sent);
  return text(socket);
}
