// Time-based one-time passwords (RFC 6238): six digits, thirty seconds, SHA-1, which every
// authenticator app supports. Computed by otplib, which is loaded on first use.

/** The length of the hash output (RFC 4226 §4). */
const secretBytes = 20;
const recoveryBytes = 10;
const periodSeconds = 30;

const load = () => import('otplib');

/** In base32, as authenticator apps expect it. */
export async function makeTotpSecret(): Promise<string> {
  return (await load()).generateSecret({ length: secretBytes });
}

/** 80 random bits in base32: 16 characters. */
export async function makeRecoveryCode(): Promise<string> {
  return (await load()).generateSecret({ length: recoveryBytes });
}

export interface TotpLabel {
  readonly productName: string;
  readonly email: string;
}

/** The `otpauth:` URI that the QR code encodes. */
export async function totpAddress(
  secret: string,
  { productName, email }: TotpLabel,
): Promise<string> {
  return (await load()).generateURI({ issuer: productName, label: email, secret });
}

/**
 * The time step of the code, with a tolerance of one step either way; `undefined`: the code is
 * wrong.
 */
export async function stepOfCode(
  secret: string,
  code: string,
  at: Date,
): Promise<number | undefined> {
  const { verifySync } = await load();
  const epoch = Math.floor(at.getTime() / 1000);
  const result = verifySync({ secret, token: code, epoch, epochTolerance: periodSeconds });
  return result.valid && 'timeStep' in result ? result.timeStep : undefined;
}
