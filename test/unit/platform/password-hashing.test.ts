import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '#platform/errors.ts';
import { loadCommonPasswords } from '#features/passwords/common-passwords.ts';
import {
  createPasswordHasher,
  type PasswordHashingOptions,
} from '#platform/crypto/password-hashing.ts';

function aHasher(interesting: Partial<PasswordHashingOptions> = {}) {
  return createPasswordHasher({
    memoryKib: 1024,
    iterations: 1,
    parallelism: 1,
    queueLimit: 100,
    ...interesting,
  });
}

describe('password hash', () => {
  it('is argon2id with the configured cost and a new salt', async () => {
    const hasher = aHasher({ memoryKib: 2048, iterations: 3 });

    const [first, second] = [await hasher.hash('a password'), await hasher.hash('a password')];

    assert.match(first, /^\$argon2id\$v=19\$m=2048,t=3,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    assert.notEqual(first, second);
  });

  it('matches only the whole password', async () => {
    const hasher = aHasher();
    const long = 'x'.repeat(1023);
    const hash = await hasher.hash(`${long}a`);

    assert.deepEqual(await hasher.verify(hash, `${long}a`), { ok: true, rehash: false });
    assert.deepEqual(await hasher.verify(hash, `${long}b`), { ok: false, rehash: false });
    assert.deepEqual(await hasher.verify(hash, long), { ok: false, rehash: false });
  });

  it('matches a password in any Unicode composition (RFC 8265 §4.2.2)', async () => {
    const hasher = aHasher();
    const hash = await hasher.hash('crème brûlée'.normalize('NFD'));

    assert.equal((await hasher.verify(hash, 'crème brûlée'.normalize('NFC'))).ok, true);
    assert.equal((await hasher.verify(hash, 'creme brulee')).ok, false);
  });

  it('is refused for a password over 1024 bytes, which is never truncated', async () => {
    const hasher = aHasher();
    const fits = '🦊'.repeat(256);

    const hash = await hasher.hash(fits);

    assert.equal((await hasher.verify(hash, `${fits}x`)).ok, false);
    await assert.rejects(hasher.hash(`${fits}x`), { code: 'invalid_input' });
  });

  it('differs for different malformed strings', async () => {
    const hasher = aHasher();
    const hash = await hasher.hash('broken \uFFFD');

    assert.equal((await hasher.verify(hash, 'broken \uD800')).ok, false);
  });

  it('is reported as outdated if it is weaker than configured', async () => {
    const weak = await aHasher().hash('a password');

    for (const stronger of [{ memoryKib: 2048 }, { iterations: 2 }, { parallelism: 2 }]) {
      assert.deepEqual(await aHasher(stronger).verify(weak, 'a password'), {
        ok: true,
        rehash: true,
      });
    }
    const strong = await aHasher({ memoryKib: 2048 }).hash('a password');
    assert.deepEqual(await aHasher().verify(strong, 'a password'), { ok: true, rehash: false });
    assert.deepEqual(await aHasher({ iterations: 2 }).verify(weak, 'wrong'), {
      ok: false,
      rehash: false,
    });
  });
});

describe('unknown account', () => {
  it('never matches a password', async () => {
    assert.deepEqual(await aHasher().verify(undefined, ''), { ok: false, rehash: false });
  });

  it('costs as much processor time as a wrong password', async () => {
    const hasher = aHasher({ memoryKib: 8192, iterations: 3 });
    const hash = await hasher.hash('a password');
    let known = 0;
    let unknown = 0;

    for (let round = 0; round < 30; round += 1) {
      known += await processorTime(() => hasher.verify(hash, 'wrong password'));
      unknown += await processorTime(() => hasher.verify(undefined, 'wrong password'));
    }

    const ratio = known / unknown;
    assert.ok(ratio > 0.75 && ratio < 1.33, `ratio: ${ratio}`);
  });
});

describe('password hashing queue', () => {
  it('is bounded and rejects further requests with a retry delay', async () => {
    const hasher = aHasher({ memoryKib: 8192, queueLimit: 5 });

    const all = Promise.allSettled(Array.from({ length: 20 }, () => hasher.hash('a password')));
    const pending = hasher.pending();
    const results = await all;

    const refused = results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    assert.equal(pending, 20 - refused.length);
    assert.ok(refused.length >= 12 && refused.length <= 14, `${refused.length} were refused`);
    for (const reason of refused) {
      assert.ok(reason instanceof AppError);
      assert.equal(reason.code, 'overloaded');
      assert.equal(reason.retryAfterSeconds, 2);
    }
    assert.equal(hasher.pending(), 0);
  });

  it('continues after an unreadable hash', async () => {
    const hasher = aHasher({ queueLimit: 1 });

    for (let round = 0; round < 10; round += 1) {
      await assert.rejects(hasher.verify('not a hash', 'a password'));
    }

    assert.equal(hasher.pending(), 0);
    assert.ok(await hasher.hash('a password'));
  });
});

describe('common password list', () => {
  it('contains the most common passwords in any case', () => {
    const isCommon = loadCommonPasswords();

    for (const word of [
      '123456',
      'password',
      'Letmein',
      'QWERTY',
      '1qaz2wsx3edc4rfv',
      '!qaz2wsx',
      'zzzzzzz1',
    ]) {
      assert.equal(isCommon(word), true, word);
    }
  });

  it('does not contain other passwords', () => {
    const isCommon = loadCommonPasswords();

    for (const word of [
      '',
      '\n',
      '123456\n',
      'password\n123456',
      'correct horse battery',
      '\uFFFF',
      '!',
      'ostiary',
    ]) {
      assert.equal(isCommon(word), false, JSON.stringify(word));
    }
  });
});

/**
 * In microseconds, of all threads of this process. Unlike elapsed time, it hardly depends on what
 * else the machine does; test/integration/sign-in/response-times.test.ts measures responses.
 */
async function processorTime(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
