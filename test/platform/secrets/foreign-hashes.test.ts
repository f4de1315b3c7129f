// Hashes of other systems: vectors that others have published, and hashes made here by other code.
import assert from 'node:assert/strict';
import { pbkdf2Sync, scryptSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { hash as argon2 } from '@node-rs/argon2';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { readHash, writeHash } from '#platform/crypto/foreign-hashes/hash-strings.ts';
import { createPasswordHasher } from '#platform/crypto/password-hashing.ts';

const options = { memoryKib: 64, iterations: 1, parallelism: 1, queueLimit: 4 };
const hasher = createPasswordHasher(options);
const b64 = (bytes: Buffer | string): string =>
  Buffer.from(bytes).toString('base64').replaceAll('=', '');
const right = { ok: true, rehash: true };
const wrong = { ok: false, rehash: false };

/** What is kept of it, or why it is not taken. */
function keep(text: string): string {
  const reading = readHash(text);
  return reading.ok ? writeHash(reading.hash) : reading.reason;
}

const salt = Buffer.from('sixteen octets..');
const pbkdf2 = (iterations: number, size: number, algorithm: string): Buffer =>
  pbkdf2Sync('hello', salt, iterations, size, algorithm);
const cheap = { memoryCost: 64, timeCost: 1, parallelism: 1 };

/** Each of `hello`, unless a vector says otherwise. */
const forms: Readonly<Record<string, readonly [string, string?]>> = {
  argon2i: [await argon2('hello', { ...cheap, algorithm: 1 })],
  argon2d: [await argon2('hello', { ...cheap, algorithm: 0 })],
  'argon2id of version 16': [await argon2('hello', { ...cheap, version: 0 })],
  'argon2id as Django writes it': [`argon2${await argon2('hello', { ...cheap, version: 0 })}`],
  'bcrypt $2b$': [await bcrypt('hello', 4)],
  'bcrypt $2y$': [(await bcrypt('hello', 4)).replace('$2b$', '$2y$')],
  'bcrypt $2a$ (crypt_blowfish, wrapper.c)': [
    '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
    'U*U',
  ],
  'bcrypt as Django writes it': [`bcrypt$${await bcrypt('hello', 4)}`],
  scrypt: [
    `$scrypt$ln=4,r=8,p=1$${b64(salt)}$${b64(scryptSync('hello', salt, 32, { N: 16, r: 8, p: 1 }))}`,
  ],
  'scrypt (RFC 7914 12)': [
    `$scrypt$ln=10,r=8,p=16$${b64('NaCl')}$${b64(Buffer.from('fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640', 'hex'))}`,
    'password',
  ],
  'pbkdf2, SHA-1 (RFC 6070 2)': [
    `$pbkdf2$4096$${b64('salt')}$${b64(Buffer.from('4b007901b765489abead49d926f721d065a429c1', 'hex'))}`,
    'password',
  ],
  'pbkdf2, SHA-256, of passlib': [
    `$pbkdf2-sha256$1000$${b64(salt).replaceAll('+', '.')}$${b64(pbkdf2(1000, 32, 'sha256')).replaceAll('+', '.')}`,
  ],
  'pbkdf2, SHA-512, PHC': [
    `$pbkdf2-sha512$i=1000,l=64$${b64(salt)}$${b64(pbkdf2(1000, 64, 'sha512'))}`,
  ],
  'pbkdf2 of Django': [
    `pbkdf2_sha256$1000$sixteen octets..$${pbkdf2(1000, 32, 'sha256').toString('base64')}`,
  ],
  'scrypt of Firebase (firebase/scrypt, README)': [
    `$firebase-scrypt$ln=14,r=8$${b64(Buffer.concat([Buffer.from('42xEC+ixf3L2lw==', 'base64'), Buffer.from('Bw==', 'base64')]))}$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ`,
    'user1password',
  ],
};

describe('a password hash of another system', () => {
  for (const [name, [text, password = 'hello']] of Object.entries(forms)) {
    it(`lets the password in and no other: ${name}`, async () => {
      const kept = keep(text);

      assert.deepEqual(await hasher.verify(kept, password), right);
      assert.deepEqual(await hasher.verify(kept, `${password}!`), wrong);
      assert.deepEqual(await hasher.verify(kept, ''), wrong);
      assert.equal(keep(kept), kept);
    });
  }

  it('of bcrypt goes by the first 72 bytes, as it did before', async () => {
    const long = 'x'.repeat(72);
    const kept = keep(await bcrypt(long, 4));

    assert.deepEqual(await hasher.verify(kept, `${long} and more`), right);
    assert.deepEqual(await hasher.verify(kept, long.slice(1)), wrong);
  });

  it('of bcrypt may have bits without a meaning, as some systems write them', async () => {
    const text = await bcrypt('hello', 4);
    const next = { '.': '/', O: 'P', e: 'f', u: 'v' }[text[28] ?? ''] ?? '';
    const odd = `${text.slice(0, 28)}${next}${text.slice(29)}`;

    assert.notEqual(odd, text);
    assert.equal(keep(odd), text);
    assert.deepEqual(await hasher.verify(keep(odd), 'hello'), right);
  });

  it('of bcrypt takes NUL for a character like others', async () => {
    const kept = keep(await bcrypt('hello', 4));

    assert.deepEqual(await hasher.verify(kept, 'hello\0'), wrong);
    assert.deepEqual(await hasher.verify(kept, 'hello\0hello\0'), wrong);
  });

  it('may be of a password that was not normalised', async () => {
    const typed = 'cafe\u0301';

    for (const kept of [keep(await bcrypt(typed, 4)), await argon2(typed, cheap)]) {
      assert.deepEqual(await hasher.verify(kept, typed), right);
    }
    assert.deepEqual(await hasher.verify(keep(await bcrypt('caf\u00e9', 4)), typed), right);
  });

  it('is kept sealed where it holds a secret, and is no good without the key', async () => {
    const [text = '', password = ''] = forms['scrypt of Firebase (firebase/scrypt, README)'] ?? [];
    const open = (sealed: string) => (sealed === 'v1.key.text' ? text : '');
    const withKey = createPasswordHasher({ ...options, open });

    assert.deepEqual(await withKey.verify('$sealed$v1.key.text', password), right);
    await assert.rejects(hasher.verify('$sealed$v1.key.text', password), /hash is in no form/);
  });

  it('that is none lets nobody in', async () => {
    const rows = ['', 'hello', '$2b$04$short', '$1$salt$hash', '$pbkdf2-md5$1000$c2FsdA$AAAA'];
    for (const row of rows) await assert.rejects(hasher.verify(row, 'hello'), /hash is in no form/);
  });
});

describe('what is read as a hash of another system', () => {
  const digest = b64(Buffer.alloc(32, 1));
  const tooCostly = 'would take too long or too much memory';
  const unknown = 'is in no form that is known here (argon2, bcrypt, scrypt, PBKDF2)';
  const size = 'has too short or too long a digest';
  const cases: readonly (readonly [string, string])[] = [
    [`$2b$15$${'a'.repeat(53)}`, tooCostly],
    [`$2b$31$${'a'.repeat(53)}`, tooCostly],
    [`$2b$32$${'a'.repeat(53)}`, unknown],
    [`$2b$03$${'a'.repeat(53)}`, unknown],
    [`$2x$05$${'a'.repeat(53)}`, unknown],
    [`$2b$05$${'a'.repeat(52)}`, unknown],
    [`$argon2id$v=19$m=4194304,t=1,p=1$${b64(salt)}$${digest}`, tooCostly],
    [`$argon2id$v=19$m=65536,t=100,p=1$${b64(salt)}$${digest}`, tooCostly],
    [`$argon2id$v=19$m=65536,t=1,p=64$${b64(salt)}$${digest}`, tooCostly],
    [`$argon2id$v=19$m=64,t=0,p=1$${b64(salt)}$${digest}`, unknown],
    [`$argon2id$v=19$m=64,t=1,p=1$${b64(salt)}$AAAA`, unknown],
    [`$scrypt$ln=20,r=8,p=1$${b64(salt)}$${digest}`, tooCostly],
    [`$scrypt$ln=20,r=1,p=1$${b64(salt)}$${digest}`, tooCostly],
    [`$scrypt$ln=14,r=8,p=1000$${b64(salt)}$${digest}`, tooCostly],
    [`$scrypt$ln=1,r=999999,p=1$${b64(salt)}$${digest}`, tooCostly],
    [`$scrypt$ln=14,r=8,p=1$${b64(salt)}$AA`, size],
    [`$scrypt$ln=14,r=8,p=1$${b64(Buffer.alloc(200))}$${digest}`, 'has too long a salt'],
    [`$pbkdf2-sha256$999999999$${b64(salt)}$${digest}`, tooCostly],
    [`$pbkdf2-sha256$2000000$${b64(salt)}$${b64(Buffer.alloc(64))}`, tooCostly],
    [`$pbkdf2-sha256$0$${b64(salt)}$${digest}`, tooCostly],
    [`$pbkdf2-sha256$1000$${b64(salt)}$`, unknown],
    [`$pbkdf2-sha256$1000$s p a c e$${digest}`, unknown],
    ['5f4dcc3b5aa765d61d8327deb882cf99', unknown],
    ['$1$salt$qJH7.N4xYta3aEG/dfqo/0', unknown],
    ['{SSHA}0c0blFTXXNuAMHECS4uxrj3ZieMoWImr', unknown],
    ['$'.repeat(100_000), unknown],
    ['', unknown],
  ];

  for (const [text, reason] of cases) {
    it(`is bounded: ${text.slice(0, 40)} ${reason}`, () => {
      assert.equal(keep(text), reason);
    });
  }

  it('can be used up to its bounds', async () => {
    const bounds = [
      `$scrypt$ln=17,r=8,p=2$${b64(salt)}$${digest}`,
      `$scrypt$ln=15,r=1,p=1$${b64(salt)}$${digest}`,
      `$argon2id$v=19$m=131072,t=8,p=16$${b64(salt)}$${digest}`,
      `$argon2d$m=64,t=1,p=8$${b64(Buffer.alloc(8))}$${b64(Buffer.alloc(16))}`,
      `$pbkdf2$1$$${b64(Buffer.alloc(128))}`,
    ];

    for (const text of bounds) assert.deepEqual(await hasher.verify(keep(text), 'x'), wrong);
  });

  it('is bounded when it is used, too: a row may come from elsewhere', async () => {
    const costly = `$pbkdf2-sha256$i=999999999$${b64(salt)}$${digest}`;

    await assert.rejects(hasher.verify(costly, 'hello'), /would take too long/);
  });
});
