// Which JWTs are accepted as signed by this server, compared with jose.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errors, exportJWK, generateKeyPair, jwtVerify, SignJWT, type JWK } from 'jose';
import { createOwnSignatures } from '#oidc/tokens/own-signatures.ts';

const options = {
  issuer: 'https://server.example',
  typ: 'at+jwt',
  requiredClaims: ['jti', 'exp'],
  currentDate: new Date('2026-01-01T12:00:00Z'),
};
const validUntil = Math.floor(options.currentDate.getTime() / 1000) + 60;
const claims = { iss: options.issuer, jti: 'id', exp: validUntil };

async function createKey(alg: string, kid = 'key') {
  const pair = await generateKeyPair(alg, { extractable: true });
  const jwk: JWK = { ...(await exportJWK(pair.publicKey)), alg, kid, use: 'sig' };
  const sign = (payload: object = claims, header: object = {}) =>
    new SignJWT({ ...payload })
      .setProtectedHeader({ alg, kid, typ: 'at+jwt', ...header })
      .sign(pair.privateKey);
  return { jwk, sign };
}

const now = () => new Date();
const readerOf = (...published: JWK[]) =>
  createOwnSignatures({ current: () => ({ published }) }, now);

describe('a JWT of this server', () => {
  for (const alg of ['ES256', 'EdDSA', 'Ed25519']) {
    it(`is accepted with ${alg}, with the claims that jose reads`, async () => {
      const { jwk, sign } = await createKey(alg);
      const token = await sign();

      const accepted = readerOf(jwk)(token, options);

      assert.deepEqual(accepted, (await jwtVerify(token, jwk, options)).payload);
    });
  }

  it('is left to jose with RS256', async () => {
    const { jwk, sign } = await createKey('RS256');

    assert.equal(readerOf(jwk)(await sign(), options), undefined);
  });

  it('is refused for claims that the options exclude', async () => {
    const { jwk, sign } = await createKey('ES256');
    const read = readerOf(jwk);
    const wrong = [
      { ...claims, iss: 'https://other.example' },
      { ...claims, exp: validUntil - 61 },
      { ...claims, nbf: validUntil },
      { ...claims, jti: undefined },
      { ...claims, exp: '1' },
    ];

    for (const each of wrong) {
      const token = await sign(each);
      assert.throws(() => read(token, options), errors.JOSEError);
    }
    const otherType = await sign(claims, { typ: 'JWT' });
    assert.throws(() => read(otherType, options), errors.JWTClaimValidationFailed);
  });

  it('is no longer accepted without its key', async () => {
    const { jwk, sign } = await createKey('ES256');
    const token = await sign();
    let published: readonly JWK[] = [jwk];
    const read = createOwnSignatures({ current: () => ({ published }) }, now);
    assert.ok(read(token, options));

    published = [(await createKey('ES256', 'next')).jwk];

    assert.equal(read(token, options), undefined);
  });
});

describe('a JWT that this server did not sign', () => {
  it('is not accepted with a changed part, or another spelling of the signature', async () => {
    const { jwk, sign } = await createKey('ES256');
    const read = readerOf(jwk);
    const token = await sign();
    const [header = '', content = '', signature = ''] = token.split('.');
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'other' })).toString('base64url');
    const spelled = [
      `${header}.${forged}.${signature}`,
      `${header}.${content}.`,
      `${header}.${content}.${signature}=`,
      `${header}.${content}.${signature}!`,
      `${header}.${content}.${signature}.`,
      `${header}.${content}`,
      `${header}.${content}.${Buffer.alloc(64).toString('base64url')}`,
      '..',
      '',
    ];

    for (const each of spelled) assert.equal(read(each, options), undefined, each);
  });

  it('is not accepted with another key, kid or algorithm', async () => {
    const { jwk } = await createKey('ES256');
    const other = await createKey('ES256');
    const read = readerOf(jwk, { ...other.jwk, kid: 'other', alg: 'EdDSA' });
    const none = Buffer.from('{"alg":"none","kid":"key","typ":"at+jwt"}').toString('base64url');
    const content = Buffer.from(JSON.stringify(claims)).toString('base64url');

    assert.equal(read(await other.sign(), options), undefined);
    assert.equal(read(await other.sign(claims, { kid: 'other' }), options), undefined);
    assert.equal(read(await other.sign(claims, { kid: 'unknown' }), options), undefined);
    assert.equal(read(`${none}.${content}.`, options), undefined);
  });

  it('is not accepted with members of the header that this server does not write', async () => {
    const { jwk, sign } = await createKey('ES256');
    const read = readerOf(jwk);

    for (const member of [{ jwk }, { x5c: [] }, { cty: 'JWT' }, { kid: 1 }, { typ: 1 }]) {
      assert.equal(read(await sign(claims, member), options), undefined);
    }
  });
});
