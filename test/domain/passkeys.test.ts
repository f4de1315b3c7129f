// Rules about passkeys: names, the last way in, counts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mayUnlink } from '#features/federation/identities.ts';
import {
  hasGoneOn,
  mayRemovePasskey,
  mayRemovePassword,
  readPasskeyName,
} from '#features/passkeys/passkeys.ts';

describe('the name of a passkey', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['Safari, iPhone', 'Safari, iPhone'],
    ['  my \n\t key ', 'my key'],
    ['a\u202Eb\u0000c', 'a b c'],
    ['', undefined],
    [' \u200B ', undefined],
    ['x'.repeat(100), 'x'.repeat(60)],
    ['🔑'.repeat(61), '🔑'.repeat(60)],
  ];
  for (const [typed, name] of cases) {
    it(`is ${JSON.stringify(name)?.slice(0, 30)} for ${JSON.stringify(typed).slice(0, 30)}`, () => {
      assert.equal(readPasskeyName(typed), name);
    });
  }
});

describe('the last way in', () => {
  it('is never removed', () => {
    const ways = { passkeys: 1, hasPassword: false, identities: 0 };
    assert.equal(mayRemovePasskey(ways), false);
    assert.equal(mayRemovePasskey({ ...ways, passkeys: 2 }), true);
    assert.equal(mayRemovePasskey({ ...ways, hasPassword: true }), true);
    assert.equal(mayRemovePasskey({ ...ways, identities: 1 }), true);
  });

  it('is more than one thing that can be lost where the password goes', () => {
    const ways = { passkeys: 1, hasPassword: true, identities: 0 };
    assert.equal(mayRemovePassword(ways), false);
    assert.equal(mayRemovePassword({ ...ways, passkeys: 2 }), true);
    assert.equal(mayRemovePassword({ ...ways, identities: 1 }), true);
    assert.equal(mayRemovePassword({ passkeys: 2, hasPassword: false, identities: 1 }), false);
  });

  it('may be an account elsewhere, as long as its provider is set', () => {
    const ways = { passkeys: 0, hasPassword: false, identities: 1 };
    assert.equal(mayUnlink(ways, true), false);
    assert.equal(mayUnlink({ ...ways, identities: 2 }, true), true);
    assert.equal(mayUnlink({ ...ways, passkeys: 1 }, true), true);
    assert.equal(mayUnlink({ ...ways, hasPassword: true }, true), true);
    assert.equal(mayUnlink({ ...ways, identities: 0 }, false), true);
  });
});

describe('the count of a passkey (WebAuthn 6.1.1)', () => {
  it('goes on, or is always zero', () => {
    const counts = [
      [0, 0],
      [0, 1],
      [4, 9],
    ] as const;
    for (const [before, now] of counts) assert.ok(hasGoneOn(before, now));
    for (const [before, now] of [
      [1, 0],
      [7, 7],
      [7, 6],
    ] as const) {
      assert.equal(hasGoneOn(before, now), false);
    }
  });
});
