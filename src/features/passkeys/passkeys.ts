// Passkeys: their stored data, their names, and the rule that one sign-in method must remain.
// Responses of authenticators are verified in features/passkeys/webauthn/webauthn.ts.

export interface Passkey {
  /** The credential id in base64url; unique across all users. */
  readonly id: string;
  readonly userId: string;
  /** COSE_Key (RFC 9052). */
  readonly publicKey: Uint8Array;
  readonly signCount: number;
  readonly transports: readonly string[];
  /** `multiDevice`: the credential is backup eligible (WebAuthn §6.1.3). */
  readonly deviceType: 'singleDevice' | 'multiDevice';
  /** The backup state of the credential. */
  readonly backedUp: boolean;
  readonly aaguid: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | undefined;
}

/** COSE algorithms EdDSA, ES256 and RS256, in order of preference. */
export const passkeyAlgorithms = [-8, -7, -257] as const;

/** WebAuthn §13.4.3 requires at least 16. */
export const challengeBytes = 32;
export const challengeSeconds = 5 * 60;

/** The length that WebAuthn §5.4.3 recommends. */
export const userHandleBytes = 64;

/** WebAuthn §4, "credential id". */
export const maxCredentialIdBytes = 1023;

export const maxPasskeys = 20;

const maxNameLength = 60;

/** Normalizes a name that the user typed; `undefined`: nothing remains of it. */
export function readPasskeyName(text: string): string | undefined {
  const name = text
    .normalize('NFC')
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const short = Array.from(name).slice(0, maxNameLength).join('').trim();
  return short === '' ? undefined : short;
}

export interface SignInMethods {
  readonly passkeys: number;
  readonly hasPassword: boolean;
  /** Linked identities of providers that are configured at present. */
  readonly identities: number;
}

/** Without a password, another sign-in method has to remain. */
export function mayRemovePasskey({ passkeys, hasPassword, identities }: SignInMethods): boolean {
  return hasPassword || passkeys > 1 || identities > 0;
}

/**
 * Without a password, two sign-in methods have to remain, because a device or an external account
 * can be lost.
 */
export function mayRemovePassword({ passkeys, hasPassword, identities }: SignInMethods): boolean {
  return hasPassword && passkeys + identities >= 2;
}

/** False: the counter did not increase, so the authenticator may be cloned (WebAuthn §6.1.1). */
export function hasGoneOn(before: number, now: number): boolean {
  return (before === 0 && now === 0) || now > before;
}
