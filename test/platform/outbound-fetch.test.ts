import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { createOutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import type { Closing } from '#test/stage/databases.ts';

const guarded = createOutboundFetch({ allow: [] });
const allowing = createOutboundFetch({ allow: ['127.0.0.0/8'] });

async function listen(t: Closing, answer: RequestListener) {
  let connections = 0;
  const server = createServer((req, res) => answer(req, res));
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
  return { port, url: `http://127.0.0.1:${port}/`, connections: () => connections };
}

describe('a call to an address that a stranger registered (K39)', () => {
  it('goes nowhere inside, however the address is written', async (t) => {
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
      await assert.rejects(guarded(`http://${host}:${port}/`), /can not be reached/, host);
    }
    assert.equal(connections(), 0);
  });

  it('says the same whether something listens there or not', async (t) => {
    const { url } = await listen(t, (_req, res) => res.end());

    const refusals = [url, 'http://127.0.0.1:1/'].map((each) => guarded(each).catch(String));

    const [open, closed] = await Promise.all(refusals);
    assert.equal(open, closed);
  });

  it('knows no other kind of address', async () => {
    for (const url of ['file:///etc/passwd', 'ftp://127.0.0.1/', 'data:,x']) {
      await assert.rejects(allowing(url));
    }
  });

  it('goes where the operator allows it, by address and by name', async (t) => {
    const { url, port } = await listen(t, (_req, res) => res.end('here'));

    assert.equal(await (await allowing(url)).text(), 'here');
    assert.equal(await (await allowing(`http://localhost:${port}/`)).text(), 'here');
  });

  it('hands a redirect back as it is', async (t) => {
    const { url, connections } = await listen(t, (_req, res) => {
      res.writeHead(302, { location: '/elsewhere' }).end();
    });

    assert.equal((await allowing(url)).status, 302);
    assert.equal(connections(), 1);
  });

  it('reads no endless answer', async (t) => {
    const { url } = await listen(t, (_req, res) => {
      const flood = () => {
        while (!res.destroyed && res.write(Buffer.alloc(65_536)));
        res.once('drain', flood);
      };
      flood();
    });

    await assert.rejects(allowing(url), /too large/);
  });

  it('ends when its time is over, also in the middle of an answer', async (t) => {
    const { url } = await listen(t, (_req, res) => void res.write('a little'));

    await assert.rejects(allowing(url, { signal: AbortSignal.timeout(100) }));
  });

  it('sends a form and reads the answer', async (t) => {
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
