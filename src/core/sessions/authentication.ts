// How a user authenticated, as `acr`, `amr` and time. A session can only be started from a complete
// sign-in.
import type { User } from '#core/users/users.ts';

/** `acr` of a sign-in by email alone, which proves control of the mailbox. */
export const mailAcr = 'urn:ostiary:acr:mail';

/** `acr` of a sign-in with a password alone (OpenID Connect Core §2). */
export const passwordAcr = 'urn:ostiary:acr:password';

/** `acr` of a sign-in through another identity provider, whatever its method was. */
export const providerAcr = 'urn:ostiary:acr:provider';

/** `acr` of a sign-in with two different factors. */
export const twoFactorAcr = 'urn:ostiary:acr:two-factor';

/** In ascending order of strength; `providerAcr` is weaker than all of them. */
export const supportedAcrValues = [mailAcr, passwordAcr, twoFactorAcr] as const;

/** Exists at compile time only, so that no other file can construct a complete sign-in. */
declare const proven: unique symbol;

/**
 * A sign-in that passed every required step. The values of `amr` are those of RFC 8176. `acr`,
 * `amr` and the time come from one authentication: a session with copied `acr` and `amr` but a new
 * time would report an authentication that never happened (OpenID Connect Core §2, `auth_time`).
 */
export interface CompleteSignIn {
  /**
   * As read together with the credential: a session starts only if its `securityVersion` is
   * unchanged.
   */
  readonly user: User;
  readonly acr: string;
  readonly amr: readonly string[];
  /**
   * When the first credential was read; the `auth_time` that clients receive (OpenID Connect Core
   * §2).
   */
  readonly at: Date;
  readonly [proven]: true;
}

function complete(facts: Omit<CompleteSignIn, typeof proven>): CompleteSignIn {
  return facts as CompleteSignIn; // the marker has no value, and only this function sets it
}

/** A valid credential, with the user as read together with it. */
export interface ProvenCredential {
  readonly user: User;
  /** When it was read, before it was verified. */
  readonly at: Date;
}

/** The first factor of a sign-in, except for a passkey, which is sufficient alone. */
export type FirstProof = 'password' | 'mail' | 'provider';

interface FirstProofWords {
  readonly acr: string;
  /** A value of RFC 8176, which defines none for a mailbox or another identity provider. */
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

/**
 * For a user without a second factor. For a sign-in at another identity provider, `at` is the time that the
 * provider asserted.
 */
export function signedInWith(first: FirstProof, { user, at }: ProvenCredential): CompleteSignIn {
  const { acr, amr } = wordsOf[first];
  return complete({ user, acr, amr: [amr], at });
}

/** With the password that was set when the account was created. */
export function signedInToNewAccount(user: User): CompleteSignIn {
  return signedInWith('password', { user, at: user.createdAt });
}

/** After the first factor: a TOTP or a recovery code. */
export function signedInWithCode(
  first: FirstProof,
  { user, at }: ProvenCredential,
): CompleteSignIn {
  return complete({ user, acr: twoFactorAcr, amr: [wordsOf[first].amr, 'otp', 'mfa'], at });
}

/** A verified passkey assertion with user verification (biometrics or PIN). */
export interface PasskeyProof {
  /** True when the passkey may exist on several devices, according to its own flags. */
  readonly synced: boolean;
}

/** A key that may be copied is `swk`, a device-bound key is `hwk` (RFC 8176 §2). */
export function passkeyAmr({ synced }: PasskeyProof): readonly string[] {
  return [synced ? 'swk' : 'hwk', 'user'];
}

/** Possession of the key, and the user verification that unlocked it. */
export function signedInWithPasskey(
  { user, at }: ProvenCredential,
  proof: PasskeyProof,
): CompleteSignIn {
  return complete({ user, acr: twoFactorAcr, amr: [...passkeyAmr(proof), 'mfa'], at });
}

/** A passkey as the second factor. */
export function signedInWithPasskeyAfter(
  first: FirstProof,
  { user, at }: ProvenCredential,
  proof: PasskeyProof,
): CompleteSignIn {
  const amr = [wordsOf[first].amr, ...passkeyAmr(proof), 'mfa'];
  return complete({ user, acr: twoFactorAcr, amr, at });
}

/** A sign-in that waited for another step, with the `acr`, `amr` and time of that sign-in. */
export interface PendingSignIn {
  readonly acr: string;
  readonly amr: readonly string[];
  readonly at: Date;
}

/** Continues a sign-in in a later request without changing its values, in particular its time. */
export function continueSignIn(user: User, { acr, amr, at }: PendingSignIn): CompleteSignIn {
  return complete({ user, acr, amr, at });
}

/** True when the methods include a code or a passkey. */
export function hasSecondFactor(amr: readonly string[]): boolean {
  return ['otp', 'hwk', 'swk'].some((method) => amr.includes(method));
}

/**
 * A reauthentication as a new sign-in: `acr` follows from the factors given, not from the previous
 * value of the session.
 * @param methods `amr` values of the factors, all of them given in one reauthentication
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

/**
 * How recent the authentication must be for a sensitive action. `recent`: a proof of the last minutes
 * suffices, including a sign-in with two factors. `now`: the password has to be entered for this action, and
 * a sign-in does not replace the second factor. `again`: only a reauthentication of the last minutes
 * suffices, not a sign-in.
 */
export type Recency = 'recent' | 'now' | 'again';
