// Validation of imported claims, and the error messages that name an invalid claim.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '#platform/errors.ts';
import { presentClaims, readStandardClaims, type User } from '#core/users/users.ts';

const accepted: readonly (readonly [string, unknown, unknown])[] = [
  ['name', '  Ann Example ', 'Ann Example'],
  ['name', '😀'.repeat(200), '😀'.repeat(200)],
  ['nickname', '', undefined],
  ['nickname', ' ', undefined],
  ['nickname', null, undefined],
  ['website', 'http://ann.example', 'http://ann.example'],
  ['picture', 'https://ann.example/a?b=c#d', 'https://ann.example/a?b=c#d'],
  ['birthdate', '1987-05-23', '1987-05-23'],
  ['birthdate', '0000-02-29', '0000-02-29'],
  ['birthdate', '1987', '1987'],
  ['zoneinfo', 'Europe/Paris', 'Europe/Paris'],
  ['zoneinfo', 'Etc/GMT+2', 'Etc/GMT+2'],
  ['zoneinfo', 'UTC', 'UTC'],
  ['locale', 'en-us', 'en-US'],
  ['locale', 'de_AT', 'de-AT'],
  ['phone_number', '+1 (425) 555-1212;ext=5678', '+1 (425) 555-1212;ext=5678'],
  ['phone_number', '+56 (2) 687 2400', '+56 (2) 687 2400'],
  ['phone_number_verified', false, false],
  ['address', { country: 'DE', region: '' }, { country: 'DE' }],
  ['address', { formatted: 'Street 1\r\nCity' }, { formatted: 'Street 1\r\nCity' }],
  ['address', {}, undefined],
  ['address', { country: null }, undefined],
];

const refused: readonly (readonly [string, unknown])[] = [
  ['name', 1],
  ['name', ['Ann']],
  ['name', 'x'.repeat(201)],
  ['name', 'Ann\nExample'],
  ['name', 'Ann\0'],
  ['name', 'Ann\u2028Example'],
  ['name', '\ud800'],
  ['profile', 'javascript:alert(1)'],
  ['profile', 'data:text/html,x'],
  ['profile', 'ann.example'],
  ['profile', 'https://ann:secret@ann.example'],
  ['picture', '//ann.example/a.png'],
  ['picture', 'https://ann.example/a b'],
  ['website', `https://ann.example/${'x'.repeat(2000)}`],
  ['birthdate', '1987-02-30'],
  ['birthdate', '1987-13-01'],
  ['birthdate', '1987-5-3'],
  ['birthdate', '87'],
  ['birthdate', 1987],
  ['zoneinfo', 'Europe/Nowhere'],
  ['zoneinfo', '+01:00'],
  ['locale', 'english please'],
  ['phone_number', 'call me'],
  ['phone_number', '+'],
  ['phone_number', '+1234567890123456'],
  ['phone_number_verified', 'true'],
  ['address', 'Street 1'],
  ['address', []],
  ['address', { country: 1 }],
  ['address', { planet: 'Earth' }],
  ['address', { formatted: 'Street\0' }],
  ['sub', 'me'],
  ['email', 'ann@x.example'],
  ['updated_at', 1],
  ['constructor', 'x'],
  ['toString', 'x'],
];

describe('imported claims (OpenID Connect Core §5.1)', () => {
  for (const [name, value, read] of accepted) {
    it(`accept ${name}: ${JSON.stringify(value).slice(0, 60)}`, () => {
      const claims = readStandardClaims({ [name]: value });

      assert.deepEqual(claims, read === undefined ? {} : { [name]: read });
    });
  }

  for (const [name, value] of refused) {
    it(`refuse ${name}: ${JSON.stringify(value).slice(0, 60)}, and name it`, () => {
      assert.throws(() => readStandardClaims({ [name]: value }), namesMember(name));
    });
  }

  it('name the invalid member of an address', () => {
    assert.throws(
      () => readStandardClaims({ address: { postal_code: 12 } }),
      /^AppError: address\.postal_code must be text/,
    );
  });

  it('must be an object', () => {
    for (const value of [undefined, null, 'name', 1, []]) {
      assert.throws(() => readStandardClaims(value), { code: 'invalid_input' });
    }
  });

  it('cannot change the prototype of the result', () => {
    const input: unknown = JSON.parse('{"__proto__": {"name": "x"}}');

    assert.throws(() => readStandardClaims(input), { code: 'invalid_input' });
  });

  it('with an unusual name yield one short printable line', () => {
    const name = `x\n\u202e${'y'.repeat(500)}`;

    assert.throws(
      () => readStandardClaims({ [name]: '' }),
      ({ message }: Error) => /^[\x20-\x7e]{1,120}$/.test(message),
    );
  });
});

describe('presentClaims', () => {
  const user: User = {
    id: '8c0b4e3a-1111-4222-8333-444455556666',
    email: 'Ann@x.example',
    emailVerified: true,
    claims: { name: 'Ann', address: { country: 'DE' } },
    blockedUntil: undefined,
    blockedAt: new Date(0),
    notBefore: new Date(0),
    securityVersion: 0,
    accessVersion: 0,
    roles: ['admin'],
    createdAt: new Date('2026-05-04T12:00:00.900Z'),
    updatedAt: new Date('2026-05-04T12:00:01.900Z'),
  };

  it('returns the standard claims, with updated_at in whole seconds, and nothing internal', () => {
    assert.deepEqual(presentClaims(user), {
      sub: user.id,
      name: 'Ann',
      address: { country: 'DE' },
      email: 'Ann@x.example',
      email_verified: true,
      updated_at: 1777896001,
    });
  });
});

function namesMember(name: string) {
  return (error: unknown) =>
    error instanceof AppError && error.code === 'invalid_input' && error.message.includes(name);
}
