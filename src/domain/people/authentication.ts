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
  /** As read together with the credential: its `securityVersion` decides whether a session starts. */
  readonly user: User;
  readonly acr: string;
  readonly amr: readonly string[];
  /** When the first credential was read; the `auth_time` that clients see (OIDC Core 2). */
  readonly at: Date;
}

/** A credential that was right, with the user as read together with it. */
export interface ProvenCredential {
  readonly user: User;
  /** When it was read, before it was checked. */
  readonly at: Date;
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

/** Of a user who has no second factor; `at` of another provider is the time that it vouches for. */
export function signedInWith(first: FirstProof, { user, at }: ProvenCredential): CompleteSignIn {
  const { acr, amr } = wordsOf[first];
  return { user, acr, amr: [amr], at };
}

/** With the password that the account was made with just now. */
export function signedInToNewAccount(user: User): CompleteSignIn {
  return signedInWith('password', { user, at: user.createdAt });
}

/** After the first proof: a code from an app, or a recovery code. */
export function signedInWithCode(
  first: FirstProof,
  { user, at }: ProvenCredential,
): CompleteSignIn {
  return { user, acr: twoFactorAcr, amr: [wordsOf[first].amr, 'otp', 'mfa'], at };
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
export function signedInWithPasskey(
  { user, at }: ProvenCredential,
  proof: PasskeyProof,
): CompleteSignIn {
  return { user, acr: twoFactorAcr, amr: [keyOf(proof), 'user', 'mfa'], at };
}

/** A passkey in the place of a code. */
export function signedInWithPasskeyAfter(
  first: FirstProof,
  { user, at }: ProvenCredential,
  proof: PasskeyProof,
): CompleteSignIn {
  return { user, acr: twoFactorAcr, amr: [wordsOf[first].amr, keyOf(proof), 'user', 'mfa'], at };
}
