import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkPassword, type PasswordContext } from '#features/passwords/passwords.ts';

const common = new Set(['password', 'monkey', 'sunshine', 'mountain', 'qwerty', 'letmein']);

function aContext(interesting: Partial<PasswordContext> = {}): PasswordContext {
  return {
    email: 'anna.smith@example.com',
    name: 'Anna Smith',
    productName: 'Ostiary',
    minimumLength: 15,
    isCommon: (word) => common.has(word),
    ...interesting,
  };
}

function reasonFor(password: string, interesting?: Partial<PasswordContext>): string {
  const check = checkPassword(password, aContext(interesting));
  return check.ok ? 'ok' : check.reason;
}

describe('password length (NIST SP 800-63B-4 §3.1.1.2)', () => {
  it('is counted in code points of the composed form', () => {
    assert.equal(reasonFor('🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧🐦🐤🦆'), 'ok');
    assert.equal(reasonFor('🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧🐦🐤'), 'too_short');
    assert.equal(reasonFor('äöüßéèêçñåøæœý'.normalize('NFD')), 'too_short');
  });

  it('is at least the configured minimum', () => {
    assert.equal(reasonFor('kx7 vbw2'), 'too_short');
    assert.equal(reasonFor('kx7 vbw2', { minimumLength: 8 }), 'ok');
  });

  it('is at most 256, without truncation', () => {
    const long = Array.from({ length: 256 }, (_, at) =>
      String.fromCodePoint(0x4e00 + ((at * 7) % 997)),
    );

    assert.equal(reasonFor(long.join('')), 'ok');
    assert.equal(reasonFor(`${long.join('')}x`), 'too_long');
    assert.equal(reasonFor('x'.repeat(4096)), 'too_long');
  });
});

describe('password composition', () => {
  const good = [
    'correct horse battery staple',
    'zehn kleine Jägermeister',
    'ich esse gerne Brot',
    'xk3-vq9-wm2-tz7-bn4',
    'the savannah is wide and dry',
    'password managers are a good thing',
    '               a b c d e f',
    'вот такой вот пароль',
    '839201748261930',
    'tIHtYiRBRAxZHu7',
  ];
  for (const password of good) {
    it(`accepts ${password}`, () => assert.equal(reasonFor(password), 'ok'));
  }
});

describe('guessable password', () => {
  const cases: Record<string, readonly string[]> = {
    repetitive: [
      'aaaaaaaaaaaaaaaaaaaa',
      '               ',
      'abcabcabcabcabcabc',
      '😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀',
      '000000011111111',
      '1234567890123456',
      '098765432109876',
      'abcdefghijklmnop',
      'zyxwvutsrqponml',
      'qwertyuiopasdfghjkl',
      'lkjhgfdsapoiuytrewq',
      '1qaz2wsx3edc4rfv',
    ],
    common: [
      'passwordpassword',
      'Password1234567',
      'PASSWORD!!!!!!!!!!!',
      '1234567-password',
      'sunshinemountain1'.replace('mountain', 'sunshine'),
      'sunshine mountain',
      'Anna1234567890123',
      'smith!!!!!!!!!!!!!',
    ],
    contains_email: [
      'anna.smith@example.com',
      'ANNA.SMITH@example.com1',
      'my anna.smith secret',
      'xx anna-smith secret',
    ],
    contains_product: ['ostiaryostiary1', 'I love Ostiary!', 'OSTIARY-2026-11'],
  };
  for (const [reason, passwords] of Object.entries(cases)) {
    for (const password of passwords) {
      it(`is refused as ${reason}: ${password}`, () => assert.equal(reasonFor(password), reason));
    }
  }

  it('may contain a short name in a longer passphrase', () => {
    assert.equal(reasonFor('our acme rocket went up', { productName: 'Acme' }), 'ok');
    assert.equal(reasonFor('acme acme acme 1', { productName: 'Acme' }), 'contains_product');
    assert.equal(reasonFor('bob went fishing today', { email: 'bob@example.com' }), 'ok');
  });

  it('is checked also without an address and a name', () => {
    assert.equal(
      reasonFor('correct horse battery', { email: '', name: undefined, productName: '' }),
      'ok',
    );
  });

  it('is checked within milliseconds for any input', () => {
    const start = performance.now();
    for (const worst of [
      'a'.repeat(255) + 'b',
      'ab'.repeat(127) + 'xy',
      '1a!'.repeat(85),
      'ﷺ'.repeat(256),
    ]) {
      reasonFor(worst);
    }
    assert.ok(performance.now() - start < 200);
  });
});
