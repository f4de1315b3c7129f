// Client assertions in generated requests. Each is accepted once, and every request is sent two ways, so a
// request holds a placeholder with the key and the claims, and the assertion is signed when it is sent.
import { createPrivateKey, KeyObject, randomUUID, sign, type JsonWebKey } from 'node:crypto';
import type { RegisteredApp } from '#test/support/data/registrations.ts';

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export interface AssertionPlan {
  readonly key: JsonWebKey;
  readonly header: object;
  /** Beside `iat`, `exp` and `jti`, which they may replace. */
  readonly claims: object;
}

/** Of characters that no encoding changes. */
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

/** The text with a new assertion in each place. */
export function signAssertions(text: string): string {
  return text.replace(placeholder, (_whole, plan: string) =>
    signAssertion(JSON.parse(String(Buffer.from(plan, 'base64url')))),
  );
}

export function signAssertion({ key, header, claims }: AssertionPlan): string {
  const now = Math.floor(Date.now() / 1000);
  const times = { iat: now, exp: now + 60, jti: randomUUID() };
  const input = `${encode({ alg: 'ES256', ...header })}.${encode({ ...times, ...claims })}`;
  const signer = {
    key: createPrivateKey({ key, format: 'jwk' }),
    dsaEncoding: 'ieee-p1363',
  } as const;
  return `${input}.${sign('sha256', Buffer.from(input), signer).toString('base64url')}`;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
