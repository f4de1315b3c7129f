// How a person proved who they are, in the words of the protocol. A session is started from a
// complete sign-in and from nothing less.
import type { User } from './users.ts';

/** `acr` of a sign-in by mail alone: whoever reads the mailbox. */
export const mailAcr = 'urn:ostiary:acr:mail';

/** `acr` of a sign-in with a password alone (OIDC Core 2). */
export const passwordAcr = 'urn:ostiary:acr:password';

/** `acr` of a sign-in that another provider vouches for, however it asked there. */
export const providerAcr = 'urn:ostiary:acr:provider';

/** `acr` of a sign-in with two different proofs. */
export const twoFactorAcr = 'urn:ostiary:acr:two-factor';

/** The weakest first; in front of them that of providers, where there are any. */
export const supportedAcrValues = [mailAcr, passwordAcr, twoFactorAcr] as const;

/** Everything that was asked for is proven; `amr` in the words of RFC 8176. */
export interface CompleteSignIn {
  readonly user: User;
  readonly acr: string;
  readonly amr: readonly string[];
  /** When it was proven; absent: now. */
  readonly at?: Date | undefined;
}

/** What a sign-in may begin with, beside a passkey, which needs nothing else. */
export type FirstProof = 'password' | 'mail' | 'provider';

interface FirstProofWords {
  readonly acr: string;
  /** RFC 8176, which has no word for a mailbox nor for another provider. */
  readonly amr: string;
}

const wordsOf: Readonly<Record<FirstProof, FirstProofWords>> = {
  password: { acr: passwordAcr, amr: 'pwd' },
  mail: { acr: mailAcr, amr: 'email' },
  provider: { acr: providerAcr, amr: 'fed' },
};

export function isFirstProof(name: unknown): name is FirstProof {
  return typeof name === 'string' && Object.hasOwn(wordsOf, name);
}

/** Of somebody who has no second factor; `at`: when another provider says that it was. */
export function signedInWith(first: FirstProof, user: User, at?: Date): CompleteSignIn {
  const { acr, amr } = wordsOf[first];
  return { user, acr, amr: [amr], at };
}

/** After the first proof: a code from an app, or a recovery code. */
export function signedInWithCode(first: FirstProof, user: User): CompleteSignIn {
  return { user, acr: twoFactorAcr, amr: [wordsOf[first].amr, 'otp', 'mfa'] };
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
export function signedInWithPasskeyAfter(
  first: FirstProof,
  user: User,
  proof: PasskeyProof,
): CompleteSignIn {
  return { user, acr: twoFactorAcr, amr: [wordsOf[first].amr, keyOf(proof), 'user', 'mfa'] };
}
