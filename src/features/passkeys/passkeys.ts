// Passkeys: what is kept of one, what it may be called, and which one is the last way in. Checking
// what an authenticator says is features/passkeys/webauthn/webauthn.ts.

export interface Passkey {
  /** The credential id, base64url; unique over all people. */
  readonly id: string;
  readonly userId: string;
  /** COSE_Key (RFC 9052). */
  readonly publicKey: Uint8Array;
  readonly signCount: number;
  readonly transports: readonly string[];
  /** `multiDevice`: it may be copied to other devices (WebAuthn 6.1.3). */
  readonly deviceType: 'singleDevice' | 'multiDevice';
  /** It has been copied. */
  readonly backedUp: boolean;
  readonly aaguid: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | undefined;
}

/** COSE: EdDSA, ES256, RS256; the one we like best comes first. */
export const passkeyAlgorithms = [-8, -7, -257] as const;

/** WebAuthn 13.4.3 asks for at least 16. */
export const challengeBytes = 32;
export const challengeSeconds = 5 * 60;

/** As many as WebAuthn 5.4.3 recommends. */
export const userHandleBytes = 64;

/** WebAuthn 4, "credential id". */
export const longestCredentialIdBytes = 1023;

export const mostPasskeys = 20;

const longestName = 60;

/** A name that somebody typed; `undefined`: there is none left of it. */
export function readPasskeyName(text: string): string | undefined {
  const name = text
    .normalize('NFC')
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const short = Array.from(name).slice(0, longestName).join('').trim();
  return short === '' ? undefined : short;
}

export interface WaysIn {
  readonly passkeys: number;
  readonly hasPassword: boolean;
  /** Accounts with providers that are set at present. */
  readonly identities: number;
}

/** Without a password some other way has to stay. */
export function mayRemovePasskey({ passkeys, hasPassword, identities }: WaysIn): boolean {
  return hasPassword || passkeys > 1 || identities > 0;
}

/** One way can be lost, with a device or an account elsewhere: two must be there. */
export function mayRemovePassword({ passkeys, hasPassword, identities }: WaysIn): boolean {
  return hasPassword && passkeys + identities >= 2;
}

/** False: the count went back, so there are two of what should be one (WebAuthn 6.1.1). */
export function hasGoneOn(before: number, now: number): boolean {
  return (before === 0 && now === 0) || now > before;
}
