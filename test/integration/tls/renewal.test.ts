// Certificates that are renewed while a server with two workers runs.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { openTls } from '#test/support/actors/https-client.ts';
import { until } from '#test/support/faults/fault-suite.ts';
import { redisUrl } from '#test/support/services/databases.ts';
import { describeTlsServer, ownNames, type TlsServer } from '#test/support/services/tls-server.ts';
import { makeAuthority } from '#test/support/steps/certificate-authority.ts';

const workers = 2;
const seconds = 60;
const trusted = makeAuthority();
const bySubject = {
  token_endpoint_auth_method: 'tls_client_auth',
  tls_client_auth_subject_dn: 'CN=client',
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
};
const options = {
  clientCa: trusted.pem,
  settings: { WORKERS: String(workers), REDIS_URL: redisUrl() },
};

describeTlsServer('a renewed certificate', options, (server) => {
  it('is used by every worker for new connections, and no request fails', async () => {
    const { issuer, authority, certify, client } = server();
    const send = client();
    const before = await serialsOf(server());
    const over = new AbortController();
    const busy = (async () => {
      let count = 0;
      for (; !over.signal.aborted; count += 1) {
        assert.equal((await send(`${issuer}/health/ready`)).status, 200);
      }
      return count;
    })();
    busy.catch(() => undefined);

    await certify(authority.issue(ownNames));
    await renewed(server(), 1);
    over.abort();

    assert.ok((await busy) > 0);
    const after = await serialsOf(server());
    assert.deepEqual([before.size, after.size], [1, 1]);
    assert.notDeepEqual(before, after);
  });

  it('is not used before its key arrives: the old one is kept, with one warning', async () => {
    const { authority, replace, client, issuer, server: process } = server();
    const before = await serialsOf(server());
    const next = authority.issue(ownNames);

    await replace('TLS_CERT_FILE', next.cert);
    await until('kept', async () => countOf(process.log(), 'tls.kept') === workers, seconds);
    const meanwhile = await serialsOf(server());
    await replace('TLS_KEY_FILE', next.key);
    await renewed(server(), 2);

    assert.deepEqual(meanwhile, before);
    assert.notDeepEqual(await serialsOf(server()), before);
    assert.equal((await client()(`${issuer}/health/ready`)).status, 200);
    assert.match(process.log(), /TLS_KEY_FILE is not the private key of the first certificate/);
    assert.equal(countOf(process.log(), 'tls.kept'), workers);
  });

  it('of a removed CA no longer authenticates clients, even on open connections', async () => {
    const { askingOrigin, client, createClient, replace } = server();
    const { clientId } = await createClient(bySubject);
    const send = client(trusted.issue({}));
    const grant = { grant_type: 'client_credentials', client_id: clientId };
    const ask = async () => {
      const body = new URLSearchParams(grant);
      return (await send(`${askingOrigin}/oauth2/token`, { method: 'POST', body })).status;
    };
    const first = await Promise.all(Array.from({ length: 4 }, ask));

    await replace('CLIENT_CERTIFICATE_CA_FILE', makeAuthority().pem);
    await renewed(server(), 3);

    // A keep-alive connection that the server has just closed fails, and the next one is new.
    const later = await Promise.all(Array.from({ length: 8 }, () => ask().catch(ask)));
    assert.deepEqual(new Set(first), new Set([200]));
    assert.deepEqual(new Set(later), new Set([401]));
  });
});

/** Waits until each worker has renewed this many times. */
async function renewed({ server }: TlsServer, times: number): Promise<void> {
  const expected = times * workers;
  await until('renewed', async () => countOf(server.log(), 'tls.renewed') >= expected, seconds);
}

/** Fingerprints of the certificates of new connections, on both ports, from any worker. */
async function serialsOf(server: TlsServer): Promise<ReadonlySet<string>> {
  const urls = Array.from({ length: 4 }, () => [server.issuer, server.askingOrigin]).flat();
  const serials = await Promise.all(
    urls.map(async (url: string) => {
      const socket = await openTls(server, url);
      const serial = socket.getPeerX509Certificate()?.serialNumber ?? '';
      socket.destroy();
      return serial;
    }),
  );
  return new Set(serials);
}

function countOf(log: string, event: string): number {
  return log.split(`"event":"${event}"`).length - 1;
}
