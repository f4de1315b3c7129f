import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { createOutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import type { CleanUp } from '#test/support/services/databases.ts';

const guarded = createOutboundFetch({ allow: [] });
const allowing = createOutboundFetch({ allow: ['127.0.0.0/8'] });

/**
 * One address of each entry of the IANA IPv4 and IPv6 special-purpose registries, of multicast, and
 * of blocks that IANA has not assigned.
 */
const specialAddresses = [
  '0.0.0.1 10.255.255.255 100.127.255.255 127.255.255.255 169.254.0.1',
  '172.16.0.1 192.0.0.8 192.0.0.170 192.0.2.1 192.31.196.1 192.52.193.1',
  '192.88.99.2 192.168.255.255 192.175.48.1 198.19.255.255 198.51.100.1',
  '203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255',
  '[::] [::1] [64:ff9b:1::1] [100::1] [100:0:0:1::1] [2001::1]',
  '[2001:1::1] [2001:2::1] [2001:3::1] [2001:4:112::1] [2001:10::1]',
  '[2001:20::1] [2001:30::1] [2001:db8::1] [2620:4f:8000::1] [3fff::1]',
  '[5f00::1] [fc00::1] [fdff::1] [fe80::1] [febf::1] [fec0::1] [ff0e::1]',
  '[200::1] [400::1] [1000::1] [4000::1] [8000::1] [e000::1] [fe00::1]',
].flatMap((line) => line.split(' '));

const carriedAddresses = [
  '[::10.0.0.1]', // IPv4-compatible
  '[::ffff:10.0.0.1]', // IPv4-mapped
  '[::ffff:0:10.0.0.1]', // IPv4-translated (RFC 2765)
  '[::ffff:0:169.254.169.254]',
  '[64:ff9b::10.0.0.1]', // NAT64 (RFC 6052)
  '[64:ff9b:1::10.0.0.1]', // NAT64 of a site (RFC 8215)
  '[2002:a00:1::]', // 6to4
  '[2001:0:a00:1::]', // Teredo
];

async function listen(t: CleanUp, answer: RequestListener) {
  let connections = 0;
  const server = createServer((req, res) => answer(req, res));
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo; // it listens on a TCP port
  return { port, url: `http://127.0.0.1:${port}/`, connections: () => connections };
}

describe('outbound request to a URL registered by a client', () => {
  it('is refused for an internal address in any notation', async (t) => {
    const { port, connections } = await listen(t, (_req, res) => res.end());
    const spellings = [
      '127.0.0.1',
      'localhost',
      '2130706433',
      '0x7f.1',
      '127.1',
      '0.0.0.0',
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::7f00:1]',
      '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]',
      '169.254.169.254',
      '10.0.0.1',
      '192.168.0.1',
      '172.31.255.255',
      '100.64.0.1',
      '[fd00::1]',
      '[fe80::1]',
      '[ff02::1]',
    ];

    for (const host of spellings) {
      await assert.rejects(guarded(`http://${host}:${port}/`), /cannot be reached/, host);
    }
    assert.equal(connections(), 0);
  });

  it('is refused for an address of every special-purpose network', async () => {
    for (const host of specialAddresses) {
      await assert.rejects(guarded(`http://${host}:1/`), /cannot be reached/, host);
    }
  });

  it('is refused for every form of IPv6 address that embeds an internal IPv4 address', async () => {
    for (const host of carriedAddresses) {
      await assert.rejects(guarded(`http://${host}:1/`), /cannot be reached/, host);
    }
  });

  it('is allowed for public addresses', async () => {
    const signal = AbortSignal.abort(new Error('aborted before it is sent'));
    for (const host of ['192.0.1.1', '9.9.9.9', '[2001:200::1]', '[2a00::1]', '[3ffe::1]']) {
      await assert.rejects(guarded(`http://${host}:1/`, { signal }), /aborted/, host);
    }
  });

  it('fails with the same error whether or not a server listens there', async (t) => {
    const { url } = await listen(t, (_req, res) => res.end());

    const refusals = [url, 'http://127.0.0.1:1/'].map((each) => guarded(each).catch(String));

    const [open, closed] = await Promise.all(refusals);
    assert.equal(open, closed);
  });

  it('is refused for other URL schemes', async () => {
    for (const url of ['file:///etc/passwd', 'ftp://127.0.0.1/', 'data:,x']) {
      await assert.rejects(allowing(url));
    }
  });

  it("is allowed for the operator's exceptions, by address and by name", async (t) => {
    const { url, port } = await listen(t, (_req, res) => res.end('here'));

    assert.equal(await (await allowing(url)).text(), 'here');
    assert.equal(await (await allowing(`http://localhost:${port}/`)).text(), 'here');
  });

  it('returns a redirect without following it', async (t) => {
    const { url, connections } = await listen(t, (_req, res) => {
      res.writeHead(302, { location: '/elsewhere' }).end();
    });

    assert.equal((await allowing(url)).status, 302);
    assert.equal(connections(), 1);
  });

  it('stops reading a response that is too large', async (t) => {
    const { url } = await listen(t, (_req, res) => {
      const flood = () => {
        while (!res.destroyed && res.write(Buffer.alloc(65_536)));
        res.once('drain', flood);
      };
      flood();
    });

    await assert.rejects(allowing(url), /too large/);
  });

  it('ends at the timeout, also during the response body', async (t) => {
    const { url } = await listen(t, (_req, res) => void res.write('a little'));

    await assert.rejects(allowing(url, { signal: AbortSignal.timeout(100) }));
  });

  it('sends a form and reads the response', async (t) => {
    const { url } = await listen(t, (req, res) => {
      const parts: Buffer[] = [];
      req.on('data', (part: Buffer) => parts.push(part));
      req.on('end', () => {
        res.setHeader('x-type', String(req.headers['content-type']));
        res.end(`${req.method} ${Buffer.concat(parts).toString()}`);
      });
    });

    const answer = await allowing(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ a: 'ö' }),
    });

    assert.equal(await answer.text(), 'POST a=%C3%B6');
    assert.equal(answer.headers.get('x-type'), 'application/x-www-form-urlencoded');
  });
});
