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

/** Proven by a passkey together with a finger, a face or a PIN. */
export interface PasskeyProof {
  /** True: it may live on several devices; what it says itself is all that can be known. */
  readonly synced: boolean;
}

/** A key that may be copied is `swk`, one that stays on its device `hwk` (RFC 8176 2). */
function keyOf({ synced }: PasskeyProof): string {
  return synced ? 'swk' : 'hwk';
}

/** Possession of the key, and what unlocked it. */
export function signedInWithPasskey(user: User, proof: PasskeyProof): CompleteSignIn {
  return { user, acr: twoFactorAcr, amr: [keyOf(proof), 'user', 'mfa'] };
}

/** A passkey in the place of a code. */
export function signedInWithPasswordAndPasskey(user: User, proof: PasskeyProof): CompleteSignIn {
  return { user, acr: twoFactorAcr, amr: ['pwd', keyOf(proof), 'user', 'mfa'] };
}
