import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { AppError } from '#platform/errors.ts';
import { createKeyring } from '#platform/crypto/encryption.ts';

const [a, b] = ['a', 'b'].map((id) => ({ id, key: randomBytes(32) }));
const [keyA, keyB] = [a ?? fail(), b ?? fail()];

function fail(): never {
  throw new Error('two keys were made');
}

function isUnreadable(error: unknown): boolean {
  return error instanceof AppError && error.code === 'internal' && error.cause instanceof Error;
}

describe('sealed secret', () => {
  it('is decrypted with the same key and context', () => {
    const ring = createKeyring([keyA]);

    assert.equal(ring.open(ring.seal('grüße', 'key:1'), 'key:1').toString(), 'grüße');
    assert.deepEqual(ring.open(ring.seal(Buffer.from([0, 255]), ''), ''), Buffer.from([0, 255]));
    assert.equal(ring.open(ring.seal('', 'x'), 'x').length, 0);
  });

  it('contains the key id, reveals nothing else and is different each time', () => {
    const ring = createKeyring([keyA]);

    const [first, second] = [ring.seal('secret', 'x'), ring.seal('secret', 'x')];

    assert.match(first, /^v1\.a\.[\w-]{46}$/);
    assert.notEqual(first, second);
  });

  it('is not decrypted in another context, if modified or truncated, or with another key', () => {
    const ring = createKeyring([keyA]);
    const sealed = ring.seal('secret', 'user:1');
    const bytes = Buffer.from(sealed.slice(5), 'base64url');

    for (let at = 0; at < bytes.length; at += 1) {
      const altered = Buffer.from(bytes);
      altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
      assert.throws(
        () => ring.open(`v1.a.${altered.toString('base64url')}`, 'user:1'),
        isUnreadable,
      );
    }
    assert.throws(() => ring.open(sealed, 'user:2'), isUnreadable);
    assert.throws(() => ring.open(sealed.slice(0, -2), 'user:1'), isUnreadable);
    assert.throws(
      () => createKeyring([{ id: 'a', key: keyB.key }]).open(sealed, 'user:1'),
      isUnreadable,
    );
    for (const text of [
      '',
      'v1',
      'v1.a',
      'v1.a.',
      'v2.a.AAAA',
      'v1.z.AAAA',
      `${sealed}.x`,
      'v1.__proto__.AAAA',
    ]) {
      assert.throws(() => ring.open(text, 'user:1'), isUnreadable, text);
    }
  });

  it('is decrypted with an older key, while new secrets use the first key', () => {
    const old = createKeyring([keyA]).seal('secret', 'x');
    const ring = createKeyring([keyB, keyA]);

    assert.equal(ring.open(old, 'x').toString(), 'secret');
    assert.ok(ring.seal('secret', 'x').startsWith('v1.b.'));
  });

  it('reports the id of a missing key in the cause only', () => {
    const sealed = createKeyring([keyA]).seal('secret', 'x');

    assert.throws(
      () => createKeyring([keyB]).open(sealed, 'x'),
      (error) => error instanceof AppError && /no key named "a"/.test(String(error.cause)),
    );
  });
});

describe('derived key', () => {
  it('is deterministic per key and purpose, the current key first', () => {
    const ring = createKeyring([keyB, keyA]);

    const [current, previous] = ring.derive('refresh');

    assert.equal(current?.length, 32);
    assert.deepEqual(createKeyring([keyA]).derive('refresh'), [previous]);
    assert.notDeepEqual(ring.derive('forms')[0], current);
    assert.notDeepEqual(current, keyB.key);
  });
});

describe('createKeyring', () => {
  it('requires a key', () => {
    assert.throws(() => createKeyring([]), /at least one key/);
  });
});
