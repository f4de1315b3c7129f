import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canonicalEmail, checkEmail } from '#core/users/email-addresses.ts';

describe('checkEmail', () => {
  const good: [text: string, email: string, key: string][] = [
    ['anna@example.com', 'anna@example.com', 'anna@example.com'],
    [
      '  Anna.Smith+news@Example.COM ',
      'Anna.Smith+news@Example.COM',
      'anna.smith+news@example.com',
    ],
    ["o'brien@example.co.uk", "o'brien@example.co.uk", "o'brien@example.co.uk"],
    ['anna@bücher.example', 'anna@bücher.example', 'anna@xn--bcher-kva.example'],
    ['anna@XN--BCHER-KVA.example', 'anna@XN--BCHER-KVA.example', 'anna@xn--bcher-kva.example'],
    ['ａｎｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'anna@example.com', 'anna@example.com'],
    ['用户@例子.广告', '用户@例子.广告', '用户@xn--fsqu00a.xn--4rr70v'],
    [
      `${'a'.repeat(64)}@example.com`,
      `${'a'.repeat(64)}@example.com`,
      `${'a'.repeat(64)}@example.com`,
    ],
  ];
  for (const [text, email, key] of good) {
    it(`accepts ${text}`, () => assert.deepEqual(checkEmail(text), { ok: true, email, key }));
  }

  const malformed = [
    'anna',
    '@example.com',
    'anna@',
    'anna@localhost',
    'anna@example..com',
    'anna@.example.com',
    'anna@example.com.',
    'anna@-example.com',
    'anna@exa_mple.com',
    'anna@127.0.0.1',
    'anna@1.2',
    'anna@0x7f.1',
    'anna@[127.0.0.1]',
    'anna@example.com:25',
    'anna@example.com/path',
    'anna@exam℀ple.com',
    'anna@exa%6dple.com',
    '.anna@example.com',
    'anna.@example.com',
    'an..na@example.com',
    'anna smith@example.com',
    '"anna"@example.com',
    'Anna <anna@example.com>',
    'anna(comment)@example.com',
    'anna@b@example.com',
    'anna@example.com,bob@example.com',
    'anna@example.com\r\nBcc: bob@example.com',
    'anna@example.com\n',
    'anna\0@example.com',
    'an\u200Bna@example.com',
    'anna\u202E@example.com',
    'anna\uD800@example.com',
  ];
  for (const text of malformed) {
    it(`rejects ${JSON.stringify(text)}`, () => {
      assert.deepEqual(checkEmail(text), { ok: false, reason: 'malformed' });
    });
  }

  it('rejects an empty address', () => {
    assert.deepEqual(checkEmail('  '), { ok: false, reason: 'empty' });
  });

  it('rejects an address longer than mail servers must accept (RFC 5321 §4.5.3.1)', () => {
    const domain = `${'b'.repeat(62)}.${'c'.repeat(62)}.${'d'.repeat(60)}.com`;
    const tooLong = [`${'a'.repeat(65)}@example.com`, `${'a'.repeat(64)}@${domain}`];
    const fits = `${'a'.repeat(63)}@${domain}`;

    for (const text of tooLong) {
      assert.deepEqual(checkEmail(text), { ok: false, reason: 'too_long' }, text);
    }
    assert.equal(checkEmail(fits).ok, true);
    assert.equal(checkEmail(`${'é'.repeat(33)}@example.com`).ok, false);
  });
});

describe('canonical form of an email address', () => {
  it('is the same for all spellings of a mailbox', () => {
    const spellings = [
      ' STRASSE@Example.com',
      'straße@example.com',
      'Straẞe@EXAMPLE.com ',
      'ſtraſſe@example.com',
    ];

    const keys = new Set(spellings.map(canonicalEmail));

    assert.deepEqual([...keys], ['strasse@example.com']);
    assert.equal(canonicalEmail('ΟΔΟΣ@example.gr'), canonicalEmail('οδος@example.gr'));
    assert.equal(
      canonicalEmail('anna@BÜCHER.example'),
      canonicalEmail('anna@xn--bcher-kva.example'),
    );
  });

  it('keeps different letters different', () => {
    assert.notEqual(canonicalEmail('mıke@example.com'), canonicalEmail('mike@example.com'));
    assert.notEqual(canonicalEmail('аnna@example.com'), canonicalEmail('anna@example.com'));
    assert.notEqual(canonicalEmail('an.na@example.com'), canonicalEmail('anna@example.com'));
  });

  it('accepts any text, including its own result, without an error', () => {
    for (const text of [
      '',
      '@',
      'Anna',
      'a@b@c',
      'x@\0',
      '\uD800',
      'İ@example.com',
      'ﬀ@example.com',
    ]) {
      assert.equal(canonicalEmail(canonicalEmail(text)), canonicalEmail(text));
    }
  });
});
