// How a person proved who they are, in the words of the protocol. A session is started from a
// complete sign-in and from nothing less.
import type { User } from '#core/users/users.ts';

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

/** Exists for the compiler only: no other file can put a complete sign-in together. */
declare const proven: unique symbol;

/**
 * Everything that was asked for is proven; `amr` in the words of RFC 8176. `acr`, `amr` and the time
 * come from one authentication: a session that copied the first two and was dated anew would tell
 * apps of an authentication that never happened (OIDC Core 2, `auth_time`).
 */
export interface CompleteSignIn {
  /** As read together with the credential: its `securityVersion` decides whether a session starts. */
  readonly user: User;
  readonly acr: string;
  readonly amr: readonly string[];
  /** When the first credential was read; the `auth_time` that clients see (OIDC Core 2). */
  readonly at: Date;
  readonly [proven]: true;
}

function complete(facts: Omit<CompleteSignIn, typeof proven>): CompleteSignIn {
  return facts as CompleteSignIn; // the mark has no value, and this is the only place that gives it
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
  return complete({ user, acr, amr: [amr], at });
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
  return complete({ user, acr: twoFactorAcr, amr: [wordsOf[first].amr, 'otp', 'mfa'], at });
}

/** Proven by a passkey together with a finger, a face or a PIN. */
export interface PasskeyProof {
  /** True: it may live on several devices; what it says itself is all that can be known. */
  readonly synced: boolean;
}

/** A key that may be copied is `swk`, one that stays on its device `hwk` (RFC 8176 2). */
export function passkeyAmr({ synced }: PasskeyProof): readonly string[] {
  return [synced ? 'swk' : 'hwk', 'user'];
}

/** Possession of the key, and what unlocked it. */
export function signedInWithPasskey(
  { user, at }: ProvenCredential,
  proof: PasskeyProof,
): CompleteSignIn {
  return complete({ user, acr: twoFactorAcr, amr: [...passkeyAmr(proof), 'mfa'], at });
}

/** A passkey in the place of a code. */
export function signedInWithPasskeyAfter(
  first: FirstProof,
  { user, at }: ProvenCredential,
  proof: PasskeyProof,
): CompleteSignIn {
  const amr = [wordsOf[first].amr, ...passkeyAmr(proof), 'mfa'];
  return complete({ user, acr: twoFactorAcr, amr, at });
}

/** A sign-in that waited for a further step, with the triple and the time of that sign-in. */
export interface KeptSignIn {
  readonly acr: string;
  readonly amr: readonly string[];
  readonly at: Date;
}

/** Continues a sign-in between two requests: nothing of it changes, its time least of all. */
export function continueSignIn(user: User, { acr, amr, at }: KeptSignIn): CompleteSignIn {
  return complete({ user, acr, amr, at });
}

/** True when a code or a passkey is among the methods. */
export function hasSecondFactor(amr: readonly string[]): boolean {
  return ['otp', 'hwk', 'swk'].some((method) => amr.includes(method));
}

/**
 * A reauthentication as a sign-in of its own: `acr` follows from what was proven, and from nothing
 * that the session said before.
 * @param methods `amr` values of the proofs, all of them given within the time of one reauthentication
 */
export function signedInAgain(
  { user, at }: ProvenCredential,
  methods: readonly string[],
): CompleteSignIn {
  const proofs = [...new Set(methods)].filter((method) => method !== 'mfa');
  const first = Object.values(wordsOf).find(({ amr }) => proofs.includes(amr));
  const isTwoFactor = hasSecondFactor(proofs) && (first !== undefined || proofs.includes('user'));
  if (isTwoFactor) return complete({ user, acr: twoFactorAcr, amr: [...proofs, 'mfa'], at });
  return complete({ user, acr: (first ?? wordsOf.mail).acr, amr: proofs, at });
}
