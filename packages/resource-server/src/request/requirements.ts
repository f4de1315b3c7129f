// What a route demands of a valid token: scopes (RFC 6750 §3.1) and authentication (RFC 9470).
import { assertQuotable } from './challenges.ts';
import { Refusal } from './refusal.ts';
import type { Auth, Requirements } from '../types.ts';

/** @throws TypeError if a value cannot be part of a challenge */
export function assertRequirements({ scopes = [], acrValues = [] }: Requirements): void {
  assertQuotable([...scopes, ...acrValues]);
  const wrong = [...scopes, ...acrValues].find((value) => value === '' || value.includes(' '));
  if (wrong !== undefined) throw new TypeError(`Not a single value: ${JSON.stringify(wrong)}`);
}

/** @throws Refusal */
export function checkRequirements(auth: Auth, requirements: Requirements, now: Date): void {
  const { scopes = [], acrValues = [], maxAgeSeconds } = requirements;
  if (!scopes.every((scope) => auth.scopes.has(scope))) {
    throw new Refusal('insufficient_scope', 'The token lacks a scope');
  }
  const hasContext = acrValues.length === 0 || acrValues.includes(auth.acr ?? '');
  const isRecent =
    maxAgeSeconds === undefined ||
    (auth.authenticatedAt !== undefined &&
      now.getTime() - auth.authenticatedAt.getTime() <= maxAgeSeconds * 1000);
  if (hasContext && isRecent) return;
  throw new Refusal('insufficient_user_authentication', 'The user must authenticate again');
}
