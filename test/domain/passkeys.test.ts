// Rules about passkeys: names, the last way in, counts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  hasGoneOn,
  mayRemovePasskey,
  mayRemovePassword,
  readPasskeyName,
} from '#domain/people/passkeys.ts';

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
    assert.equal(mayRemovePasskey({ passkeys: 1, hasPassword: false }), false);
    assert.equal(mayRemovePasskey({ passkeys: 2, hasPassword: false }), true);
    assert.equal(mayRemovePasskey({ passkeys: 1, hasPassword: true }), true);
  });

  it('is more than one passkey where the password goes', () => {
    assert.equal(mayRemovePassword({ passkeys: 1, hasPassword: true }), false);
    assert.equal(mayRemovePassword({ passkeys: 2, hasPassword: true }), true);
    assert.equal(mayRemovePassword({ passkeys: 2, hasPassword: false }), false);
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
