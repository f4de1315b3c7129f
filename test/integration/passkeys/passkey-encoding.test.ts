// Attestation objects whose CBOR is truncated or ambiguous or holds no usable key (WebAuthn §6.5,
// RFC 8949 §5.3).
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { createAuthenticator, type Twist } from '#test/support/actors/authenticator.ts';
import { addPasskey, openFresh, signInOwn } from '#test/support/steps/passkeys.ts';

const encodings: Readonly<Record<string, Twist>> = {
  'a truncated attestation object': { attestation: (bytes) => bytes.subarray(0, -1) },
  'an attestation object truncated within the key': {
    attestation: (bytes) => bytes.subarray(0, -16),
  },
  'an attestation object followed by a byte': { attestation: (bytes) => append(bytes, 0) },
  'an attestation object followed by a second item': {
    attestation: (bytes) => append(bytes, 0xa0),
  },
  'a truncated key': { key: (bytes) => bytes.subarray(0, -1) },
  'a key that declares more bytes than it has': { key: withLongerLastMember },
  'a key followed by extra bytes': { key: (bytes) => append(bytes, 0xf6) },
  'a key without a y coordinate': {
    key: (bytes) => Buffer.from([0xa4, ...bytes.subarray(1, -35)]),
  },
  'a key with an extra member': {
    key: (bytes) => Buffer.from([0xa6, ...append(bytes.subarray(1), 4, 1)]),
  },
  'a point that is not on the curve': {
    key: (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])]),
  },
  'a map header that is not in its shortest form': { attestation: withLongHeader },
  'an extension flag without extension data': { flags: 1 + 4 + 128 },
  'truncated extension data': {
    flags: 1 + 4 + 128,
    authData: (bytes) => append(bytes, 0xa1, 0x61),
  },
};

function append(bytes: Buffer, ...more: readonly number[]): Buffer {
  return Buffer.concat([bytes, Buffer.from(more)]);
}

/** Makes the last member, a byte string of 32 bytes (0x58, length, bytes), declare 33 bytes. */
function withLongerLastMember(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  changed[bytes.length - 33] = 33;
  return changed;
}

/** Encodes the header of a map with three members in two bytes instead of one. */
function withLongHeader(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0xb8, 3]), bytes.subarray(1)]);
}

describeApp('the registration of a passkey', {}, (app) => {
  for (const [what, twist] of Object.entries(encodings)) {
    it(`rejects ${what} and stores no credential`, async () => {
      const person = await app().createUser();
      const browser = app().browser();
      await signInOwn(browser, person);
      const page = await openFresh(browser, person);
      const device = createAuthenticator({ issuer: app().issuer });

      const refused = await addPasskey(app(), browser, page, device, twist);

      assert.equal(refused.status, 422, refused.text);
      assert.deepEqual(await app().services.passkeys.list(person.id), []);
    });
  }

  const accepted: Readonly<Record<string, Twist>> = {
    'an EdDSA key': { key: () => edwardsKey() },
    'an RS256 key': { key: () => rsaKey() },
  };
  for (const [what, twist] of Object.entries(accepted)) {
    it(`accepts ${what}`, async () => {
      const person = await app().createUser();
      const browser = app().browser();
      await signInOwn(browser, person);
      const page = await openFresh(browser, person);
      const device = createAuthenticator({ issuer: app().issuer });

      const added = await addPasskey(app(), browser, page, device, twist);

      assert.ok(added.has('remove-1'), added.text);
    });
  }
});

/** COSE_Key of RFC 9053 §7.2: kty OKP, alg EdDSA, crv Ed25519, x. */
function edwardsKey(): Buffer {
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  const head = [0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32];
  return Buffer.concat([Buffer.from(head), Buffer.from(x, 'base64url')]);
}

/** COSE_Key of RFC 8230 §4: kty RSA, alg RS256, n, e. */
function rsaKey(): Buffer {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const head = [0xa4, 1, 3, 3, 0x39, 1, 0, 0x20, 0x59, 1, 0];
  const exponent = [Buffer.from([0x21, 0x43]), Buffer.from(e, 'base64url')];
  return Buffer.concat([Buffer.from(head), Buffer.from(n, 'base64url'), ...exponent]);
}
