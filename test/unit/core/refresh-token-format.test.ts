// The format of refresh tokens: only authentic tokens are accepted, and a successor is derived from
// its predecessor.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRefreshTokenFormat } from '#oidc/tokens/refresh/refresh-token-format.ts';

const oldKey = Buffer.alloc(32, 1);
const newKey = Buffer.alloc(32, 2);
const format = createRefreshTokenFormat([newKey, oldKey]);

describe('refresh token format', () => {
  it('contains the prefix, the family and the generation', () => {
    const token = format.mint();

    assert.match(token, /^ost_rt_[\w-]{91}$/);
    assert.equal(format.read(token)?.generation, 0);
    assert.match(format.read(token)?.familyId ?? '', /^[0-9a-f-]{36}$/);
  });

  it('has one successor in the same family, identical on every node', () => {
    const token = format.mint();
    const elsewhere = createRefreshTokenFormat([newKey]);

    const [next] = format.successors(token);

    assert.equal(elsewhere.successors(token)[0], next);
    assert.equal(format.read(next)?.generation, 1);
    assert.equal(format.read(next)?.familyId, format.read(token)?.familyId);
  });

  it('accepts an older key, whose successor is a candidate too', () => {
    const before = createRefreshTokenFormat([oldKey]);
    const token = before.mint();

    assert.ok(format.read(token));
    assert.ok(format.successors(token).includes(before.successors(token)[0]));
  });

  it('rejects a modified, truncated, respelled or otherwise signed token', () => {
    const token = format.mint();
    const foreign = createRefreshTokenFormat([Buffer.alloc(32, 3)]).mint();
    const flipped = Array.from(token, (_, place) => {
      const other = token[place] === 'A' ? 'B' : 'A';
      return token.slice(0, place) + other + token.slice(place + 1);
    });

    const forged = [
      ...flipped,
      token.slice(0, -1),
      `${token}A`,
      `${token}=`,
      foreign,
      '',
      'ost_rt_',
    ];

    for (const each of forged) assert.equal(format.read(each), undefined, each);
  });
});
