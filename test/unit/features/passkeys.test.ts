// Rules for passkeys: names, the last sign-in method, signature counters.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mayUnlink } from '#features/federation/identities.ts';
import {
  hasGoneOn,
  mayRemovePasskey,
  mayRemovePassword,
  readPasskeyName,
} from '#features/passkeys/passkeys.ts';
import { providerOfAaguid } from '#features/passkeys/webauthn/authenticator-names.ts';
import listed from '../../../data/passkey-providers.json' with { type: 'json' };

describe('passkey name', () => {
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

describe('last sign-in method', () => {
  it('cannot be removed', () => {
    const ways = { passkeys: 1, hasPassword: false, identities: 0 };
    assert.equal(mayRemovePasskey(ways), false);
    assert.equal(mayRemovePasskey({ ...ways, passkeys: 2 }), true);
    assert.equal(mayRemovePasskey({ ...ways, hasPassword: true }), true);
    assert.equal(mayRemovePasskey({ ...ways, identities: 1 }), true);
  });

  it('must be more than one passkey when the password is removed', () => {
    const ways = { passkeys: 1, hasPassword: true, identities: 0 };
    assert.equal(mayRemovePassword(ways), false);
    assert.equal(mayRemovePassword({ ...ways, passkeys: 2 }), true);
    assert.equal(mayRemovePassword({ ...ways, identities: 1 }), true);
    assert.equal(mayRemovePassword({ passkeys: 2, hasPassword: false, identities: 1 }), false);
  });

  it('may be a linked identity while its provider is configured', () => {
    const ways = { passkeys: 0, hasPassword: false, identities: 1 };
    assert.equal(mayUnlink(ways, true), false);
    assert.equal(mayUnlink({ ...ways, identities: 2 }, true), true);
    assert.equal(mayUnlink({ ...ways, passkeys: 1 }, true), true);
    assert.equal(mayUnlink({ ...ways, hasPassword: true }, true), true);
    assert.equal(mayUnlink({ ...ways, identities: 0 }, false), true);
  });
});

describe('signature counter (WebAuthn §6.1.1)', () => {
  it('increases, or is always zero', () => {
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

describe('names of authenticators', () => {
  it('are listed by AAGUIDs in lower case, and short enough for the name of a passkey', () => {
    const entries = Object.entries(listed);

    assert.ok(entries.length >= 60);
    for (const [aaguid, name] of entries) {
      assert.match(aaguid, /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
      assert.equal(readPasskeyName(name), name);
    }
    assert.equal(providerOfAaguid('08987058-cadc-4b81-b6e1-30de50dcbe96'), 'Windows Hello');
    assert.equal(providerOfAaguid('00000000-0000-0000-0000-000000000000'), undefined);
  });
});
