// How long a verified signature is remembered (src/oidc/tokens/verified-tokens.ts).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createVerifiedTokens } from '#oidc/tokens/verified-tokens.ts';

describe('verified tokens', () => {
  it('are remembered for half a minute at least and a minute at most', () => {
    let at = 1_000_000;
    const verified = createVerifiedTokens(() => at);
    verified.add('token');
    at += 29_000;
    assert.equal(verified.has('token'), true);
    at += 31_001;
    assert.equal(verified.has('token'), false);
  });

  it('are forgotten after a pause', () => {
    let at = 1_000_000;
    const verified = createVerifiedTokens(() => at);
    verified.add('token');
    at += 3_600_000;
    assert.equal(verified.has('token'), false);
  });

  it('are forgotten when the keys change', () => {
    const verified = createVerifiedTokens(() => 1_000_000);
    verified.add('token');
    verified.clear();
    assert.equal(verified.has('token'), false);
  });

  it('are limited in number', () => {
    const verified = createVerifiedTokens(() => 1_000_000);
    verified.add('first');
    for (let count = 0; count < 10_000; count += 1) verified.add(`token ${count}`);
    assert.equal(verified.has('first'), false);
    assert.equal(verified.has('token 9999'), true);
  });

  it('do not vouch for a similar token', () => {
    const verified = createVerifiedTokens(() => 1_000_000);
    verified.add('header.claims.signature');
    assert.equal(verified.has('header.claims.signaturf'), false);
  });
});
