// Verification of authenticator responses (WebAuthn §7.1, §7.2). Signatures and formats are
// verified by SimpleWebAuthn, which is loaded on first use; the checks that it leaves to its
// callers are here. Has no access to user data.
import {
  challengeSeconds,
  maxCredentialIdBytes,
  passkeyAlgorithms,
  type Passkey,
} from '#features/passkeys/passkeys.ts';
import type { Assertion, ClientData, ReadAnswer, Registration } from './responses.ts';

export interface WebAuthnSettings {
  /** Host name; passkeys are bound to it. */
  readonly rpId: string;
  readonly rpName: string;
  /** Origins whose pages may use these passkeys. */
  readonly origins: readonly string[];
}

export interface PasskeyOwner {
  readonly handle: Buffer;
  readonly name: string;
  readonly displayName: string;
  readonly known: readonly Passkey[];
}

export type NewPasskey = Omit<Passkey, 'userId' | 'name' | 'createdAt' | 'lastUsedAt'>;

const timeout = challengeSeconds * 1000;

const load = () => import('@simplewebauthn/server');
const loadStrictReading = () => import('./attested-data.ts');

interface Expected {
  readonly expectedOrigin: string[];
  readonly expectedRPID: string;
}

interface VerifiedAssertion {
  readonly signCount: number;
  readonly backedUp: boolean;
}

async function verifyRegistration(
  expected: Expected,
  { answer, clientData }: ReadAnswer<Registration>,
  challenge: string,
): Promise<NewPasskey | undefined> {
  if (isFramed(clientData)) return undefined;
  const { isStrictAttestation } = await loadStrictReading();
  if (!refuseOnThrow(() => isStrictAttestation(answer.response.attestationObject))) {
    return undefined;
  }
  const { verifyRegistrationResponse } = await load();
  const { registrationInfo: info } = await orRefused(
    verifyRegistrationResponse({
      ...expected,
      response: {
        ...answer,
        response: withoutGaps(answer.response),
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      requireUserPresence: true,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...passkeyAlgorithms],
    }),
  );
  // The signed credential id is authoritative, not the unsigned `id` next to it.
  if (!info || info.credential.id !== answer.id) return undefined;
  const { id, publicKey, counter } = info.credential;
  const length = bytesOf(id).length;
  if (length === 0 || length > maxCredentialIdBytes) return undefined;
  return {
    id,
    publicKey,
    signCount: counter,
    transports: answer.response.transports ?? [],
    deviceType: info.credentialDeviceType,
    backedUp: info.credentialBackedUp,
    aaguid: info.aaguid,
  };
}

async function verifyAssertion(
  expected: Expected,
  { answer, clientData }: ReadAnswer<Assertion>,
  challenge: string,
  { id, publicKey, deviceType }: Passkey,
): Promise<VerifiedAssertion | undefined> {
  if (isFramed(clientData) || answer.id !== id) return undefined;
  const { isStrictAuthData } = await loadStrictReading();
  if (!isStrictAuthData(bytesOf(answer.response.authenticatorData))) return undefined;
  const { userHandle, ...response } = answer.response;
  const { verifyAuthenticationResponse } = await load();
  const { verified, authenticationInfo: info } = await orRefused(
    verifyAuthenticationResponse({
      ...expected,
      response: {
        ...answer,
        response: { ...response, ...(userHandle ? { userHandle } : {}) },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      requireUserVerification: true,
      credential: { id, publicKey: Uint8Array.from(publicKey), counter: 0 },
    }),
  );
  // The backup eligibility of a credential must not change (WebAuthn §7.2).
  if (!verified || !info || info.credentialDeviceType !== deviceType) return undefined;
  return { signCount: info.newCounter, backedUp: info.credentialBackedUp };
}

export function createWebAuthn({ rpId, rpName, origins }: WebAuthnSettings) {
  const expected = { expectedOrigin: [...origins], expectedRPID: rpId };

  return {
    rpId,
    registrationOptions: async (
      challenge: string,
      { handle, name, displayName, known }: PasskeyOwner,
    ) =>
      (await load()).generateRegistrationOptions({
        rpName,
        rpID: rpId,
        userID: Uint8Array.from(handle),
        userName: name,
        userDisplayName: displayName,
        challenge: bytesOf(challenge),
        timeout,
        attestationType: 'none',
        excludeCredentials: known.map(describe),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        supportedAlgorithmIDs: [...passkeyAlgorithms],
      }),
    /**
     * @param known passkeys of an identified user; empty: any discoverable passkey on the device
     */
    authenticationOptions: async (challenge: string, known: readonly Passkey[]) =>
      (await load()).generateAuthenticationOptions({
        rpID: rpId,
        challenge: bytesOf(challenge),
        timeout,
        userVerification: 'required',
        allowCredentials: known.map(describe),
      }),
    /** `undefined`: verification failed. */
    verifyRegistration: (response: ReadAnswer<Registration>, challenge: string) =>
      verifyRegistration(expected, response, challenge),
    /**
     * The caller compares the signature counter: a counter that does not increase does not
     * invalidate the response.
     */
    verifyAssertion: (response: ReadAnswer<Assertion>, challenge: string, passkey: Passkey) =>
      verifyAssertion(expected, response, challenge, passkey),
  };
}

export type WebAuthn = ReturnType<typeof createWebAuthn>;

/** These pages are never embedded in frames. */
function isFramed({ crossOrigin, topOrigin }: ClientData): boolean {
  return crossOrigin === true || topOrigin !== undefined;
}

interface Refused {
  readonly verified: false;
  readonly registrationInfo?: undefined;
  readonly authenticationInfo?: undefined;
}

/** SimpleWebAuthn throws on any invalid response; all of them are untrusted input. */
async function orRefused<Result>(verifying: Promise<Result>): Promise<Result | Refused> {
  try {
    return await verifying;
  } catch {
    return { verified: false };
  }
}

/** False also when the library's decoder throws. */
function refuseOnThrow(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

/** The library's types distinguish an absent member from one that is `undefined`. */
function withoutGaps({ transports, ...rest }: Registration['response']) {
  return transports ? { ...rest, transports } : rest;
}

type Transport = NonNullable<Registration['response']['transports']>[number];

function describe({ id, transports }: Passkey): { id: string; transports: Transport[] } {
  // True because no other values are ever stored: responses.ts validates them.
  return { id, transports: [...transports] as Transport[] };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, 'base64url'));
}
