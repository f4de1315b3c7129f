import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { equalBytes, randomToken, sha256, sha256Text } from '#platform/crypto/hashing.ts';
import { createNetworkMatcher } from '#platform/outbound/networks.ts';

describe('sha256', () => {
  it('hashes the UTF-8 bytes', () => {
    const known = 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0';

    assert.equal(sha256Text('abc'), known);
    assert.equal(sha256('abc').toString('base64url'), known);
    assert.equal(sha256Text(Buffer.from('é')), sha256Text('é'));
  });
});

describe('equalBytes', () => {
  it('compares secrets byte by byte', () => {
    assert.equal(equalBytes('abc', Buffer.from('abc')), true);
    assert.equal(equalBytes('abc', 'abd'), false);
    assert.equal(equalBytes('abc', 'abcd'), false);
    assert.equal(equalBytes('', ''), true);
  });
});

describe('randomToken', () => {
  it('has 256 bits by default', () => {
    assert.match(randomToken(), /^[\w-]{43}$/);
    assert.match(randomToken(16), /^[\w-]{22}$/);
    assert.notEqual(randomToken(), randomToken());
  });
});

describe('createNetworkMatcher', () => {
  it('matches addresses, networks and IPv4-mapped IPv6', () => {
    const isInside = createNetworkMatcher(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1']);

    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', '2001:db8:1::9', '::1']) {
      assert.equal(isInside(address), true, address);
    }
    for (const address of [
      '11.0.0.1',
      '::ffff:11.0.0.1',
      '192.0.2.8',
      '2001:db9::1',
      '::2',
      '',
      'x',
      '10.1',
    ]) {
      assert.equal(isInside(address), false, address);
    }
  });
});
