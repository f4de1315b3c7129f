// How a person proved who they are, in the words of the protocol. A session is started from a
// complete sign-in and from nothing less.
import type { User } from './users.ts';

/** `acr` of a sign-in with a password alone (OIDC Core 2). */
export const passwordAcr = 'urn:ostiary:acr:password';

/** `acr` of a sign-in with two different proofs. */
export const twoFactorAcr = 'urn:ostiary:acr:two-factor';

/** The weakest first. */
export const supportedAcrValues = [passwordAcr, twoFactorAcr] as const;

/** Everything that was asked for is proven; `amr` in the words of RFC 8176. */
export interface CompleteSignIn {
  readonly user: User;
  readonly acr: string;
  readonly amr: readonly string[];
}

/** Of somebody who has no second factor. */
export function signedInWithPassword(user: User): CompleteSignIn {
  return { user, acr: passwordAcr, amr: ['pwd'] };
}

/** After the password: a code from an app, or a recovery code. */
export function signedInWithCode(user: User): CompleteSignIn {
  return { user, acr: twoFactorAcr, amr: ['pwd', 'otp', 'mfa'] };
}
