import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startEdge } from '#test/support/middleware-app.ts';

describe('client address (RFC 9700 §4.13)', () => {
  const cases = [
    { because: 'no proxy is trusted', trusted: [], forwarded: '203.0.113.9', ip: '127.0.0.1' },
    {
      because: 'the peer is not trusted',
      trusted: ['10.0.0.0/8'],
      forwarded: '203.0.113.9',
      ip: '127.0.0.1',
    },
    {
      because: 'the proxy sends no address',
      trusted: ['127.0.0.1'],
      forwarded: '',
      ip: '127.0.0.1',
    },
    {
      because: 'the proxy wrote the last entry',
      trusted: ['127.0.0.1'],
      forwarded: '198.51.100.1, 203.0.113.9',
      ip: '203.0.113.9',
    },
    {
      because: 'two proxies are trusted',
      trusted: ['127.0.0.0/8', '10.0.0.0/8'],
      forwarded: '198.51.100.1, 203.0.113.9, 10.1.2.3',
      ip: '203.0.113.9',
    },
    {
      because: 'every listed address is trusted',
      trusted: ['127.0.0.1', '10.0.0.0/8'],
      forwarded: '10.0.0.1, 10.0.0.2',
      ip: '10.0.0.1',
    },
    {
      because: 'the entry is not an address',
      trusted: ['127.0.0.1'],
      forwarded: '203.0.113.9, nonsense',
      ip: '127.0.0.1',
    },
    {
      because: 'IPv4 is mapped to IPv6',
      trusted: ['127.0.0.1', '10.0.0.0/8'],
      forwarded: '203.0.113.9, ::ffff:10.0.0.1',
      ip: '203.0.113.9',
    },
    {
      because: 'IPv4 is mapped to hexadecimal IPv6',
      trusted: ['127.0.0.1'],
      forwarded: '::FFFF:cb00:7109',
      ip: '203.0.113.9',
    },
    {
      because: 'IPv6 is not canonical',
      trusted: ['127.0.0.1'],
      forwarded: '2001:0DB8:0:0::0001',
      ip: '2001:db8::1',
    },
    {
      because: 'the proxy adds ports',
      trusted: ['127.0.0.1', '2001:db8::/32'],
      forwarded: '203.0.113.9:4711, [2001:db8::1]:443',
      ip: '203.0.113.9',
    },
    {
      because: 'the entry has an IPv6 zone',
      trusted: ['127.0.0.1'],
      forwarded: 'fe80::1%eth0',
      ip: '127.0.0.1',
    },
  ];
  for (const { because, trusted, forwarded, ip } of cases)
    it(`is ${ip} when ${because}`, async (t) => {
      const app = await startEdge(t, { trustedProxies: trusted });
      const headers = {
        'x-forwarded-for': forwarded,
        'x-real-ip': '192.0.2.66',
        forwarded: 'for=192.0.2.66',
      };

      const { body } = await app.send({ path: '/auth/echo', headers });

      assert.equal(JSON.parse(body).ip, ip);
    });
});

describe('X-Request-Id from a proxy', () => {
  it('is logged in addition to our own request id', async (t) => {
    const app = await startEdge(t, { trustedProxies: ['127.0.0.1'] });

    const { headers } = await app.send({
      path: '/auth/echo',
      headers: { 'x-request-id': 'proxy.4711-abc' },
    });
    await app.send({ path: '/auth/echo', headers: { 'x-request-id': 'a b\tc "quoted" text' } });

    const [first, second] = app.lines;
    assert.equal(first?.['requestId'], headers['x-request-id']);
    assert.notEqual(headers['x-request-id'], 'proxy.4711-abc');
    assert.ok(first && 'upstreamRequestId' in first);
    assert.ok(second && !('upstreamRequestId' in second));
  });
});
