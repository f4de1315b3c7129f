// Client assertions in generated requests. Each is accepted once, and every request is sent two ways, so a
// request holds a placeholder with the key and the claims, and the assertion is signed when it is sent.
import { createPrivateKey, KeyObject, randomUUID, sign, type JsonWebKey } from 'node:crypto';
import type { RegisteredApp } from '#test/support/data/registrations.ts';

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export interface AssertionPlan {
  readonly key: JsonWebKey;
  readonly header: object;
  /** Claims in addition to the usual ones, which they may replace. */
  readonly claims: object;
}

/** Consists of characters that no encoding changes. */
const placeholder = /assertion\.([\w-]+)\.unsigned/g;

/** @param claims replace those of a valid assertion */
export function placeAssertion(
  { clientId, privateKey }: RegisteredApp,
  issuer: string,
  claims: object = {},
  header: object = {},
): string {
  if (!privateKey) return 'e30.e30.e30';
  const key = KeyObject.from(privateKey).export({ format: 'jwk' });
  const usual = { iss: clientId, sub: clientId, aud: issuer };
  const plan: AssertionPlan = { key, header, claims: { ...usual, ...claims } };
  return `assertion.${encode(plan)}.unsigned`;
}

/** An assertion with two ids. It is refused, so that the same one can be sent both ways. */
export function assertionWithTwoIds({ clientId, privateKey }: RegisteredApp, issuer: string) {
  if (!privateKey) return 'e30.e30.e30';
  const iat = Math.floor(Date.now() / 1000);
  const rest = { iss: clientId, sub: clientId, aud: issuer, jti: randomUUID(), iat, exp: iat + 60 };
  const claims = JSON.stringify(rest).replace('{', `{"jti":"${randomUUID()}",`);
  return signText(KeyObject.from(privateKey).export({ format: 'jwk' }), '{"alg":"ES256"}', claims);
}

/** The text with a new assertion in place of each placeholder. */
export function signAssertions(text: string): string {
  return text.replace(placeholder, (_whole, plan: string) =>
    signAssertion(JSON.parse(String(Buffer.from(plan, 'base64url')))),
  );
}

export function signAssertion({ claims, ...plan }: AssertionPlan): string {
  const exp = Math.floor(Date.now() / 1000) + 60;
  return signClaims({ ...plan, claims: { exp, ...claims } });
}

/** A JWT with an id, issued now unless the claims say otherwise. */
export function signClaims({ key, header, claims }: AssertionPlan): string {
  const usual = { iat: Math.floor(Date.now() / 1000), jti: randomUUID() };
  return signText(
    key,
    JSON.stringify({ alg: 'ES256', ...header }),
    JSON.stringify({ ...usual, ...claims }),
  );
}

/** A JWT with exactly this text as header and claims. */
export function signText(key: JsonWebKey, header: string, claims: string): string {
  const input = [header, claims].map((text) => Buffer.from(text).toString('base64url')).join('.');
  const signer = {
    key: createPrivateKey({ key, format: 'jwk' }),
    dsaEncoding: 'ieee-p1363',
  } as const;
  return `${input}.${sign('sha256', Buffer.from(input), signer).toString('base64url')}`;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
