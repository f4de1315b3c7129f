// Parsing of typed codes, and the mail domains that may register.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAtDomain } from '#core/users/email-addresses.ts';
import { emailTokenSeconds, readCode } from '#features/email-tokens/email-tokens.ts';

describe('typed code', () => {
  for (const typed of [
    '123456',
    ' 123456\t',
    '123 456',
    '123-456',
    '１２３４５６',
    '١٢٣٤٥٦',
    '۱۲۳۴۵۶',
  ]) {
    it(`is read from ${JSON.stringify(typed)}`, () => {
      assert.equal(readCode(typed), '123456');
    });
  }

  for (const typed of [
    '',
    '12345',
    '1234567',
    '12345a',
    '123456; --',
    '１２３４５',
    '١٢٣٤٥',
    '१२३४५६',
  ]) {
    it(`is absent from ${JSON.stringify(typed)}`, () => {
      assert.equal(readCode(typed), undefined);
    });
  }
});

describe('mail domains that may register', () => {
  it('include every domain by default', () => {
    assert.equal(isAtDomain('a@anywhere.example', []), true);
  });

  it('include only the configured domains, and no look-alikes', () => {
    const domains = ['a.example', 'b.example'];

    const found = [
      'x@a.example',
      'x@b.example',
      'x@sub.a.example',
      'x@xa.example',
      'a.example@c.d',
    ];

    assert.deepEqual(
      found.map((key) => isAtDomain(key, domains)),
      [true, true, false, false, false],
    );
  });
});

describe('email token lifetime', () => {
  it('is an hour, ten minutes for sign-in, and a week for an invitation', () => {
    const { email_undo: undo, invitation, sign_in: signIn, ...asked } = emailTokenSeconds;

    assert.deepEqual(new Set(Object.values(asked)), new Set([3600]));
    assert.equal(signIn, 600);
    assert.deepEqual([undo, invitation], [604_800, 604_800]);
  });
});
