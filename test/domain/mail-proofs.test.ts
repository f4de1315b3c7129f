// What people type as a code, and which mail domains may register.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAtDomain } from '#core/users/email-addresses.ts';
import { mailProofSeconds, readCode } from '#features/email-tokens/email-tokens.ts';

describe('a typed code', () => {
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
    it(`is none in ${JSON.stringify(typed)}`, () => {
      assert.equal(readCode(typed), undefined);
    });
  }
});

describe('mail domains that may register', () => {
  it('are all of them when none is named', () => {
    assert.equal(isAtDomain('a@anywhere.example', []), true);
  });

  it('are those that are named, and nothing that only looks like one', () => {
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

describe('what a mail asks for', () => {
  it('waits an hour, ten minutes when it signs in; what somebody else began waits a week', () => {
    const { email_undo: undo, invitation, sign_in: signIn, ...asked } = mailProofSeconds;

    assert.deepEqual(new Set(Object.values(asked)), new Set([3600]));
    assert.equal(signIn, 600);
    assert.deepEqual([undo, invitation], [604_800, 604_800]);
  });
});
