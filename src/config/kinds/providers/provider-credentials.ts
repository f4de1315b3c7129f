// How this server authenticates to a provider of SIGN_IN_PROVIDERS: with a secret, or with a private key.
import { createPrivateKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto';

export type ProviderCredential =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'key'; readonly key: KeyObject; readonly kid: string | undefined };

/** @throws Error without values */
export function readCredential(secret: string | undefined, key: unknown): ProviderCredential {
  if ((secret === undefined) === (key === undefined)) {
    throw new Error('needs either client_secret or private_key');
  }
  if (secret !== undefined) return { kind: 'secret', secret };
  const made = privateKeyOf(key);
  if (!made || !isStrong(made)) {
    throw new Error('private_key must be a private RSA (2048 bits or more), P-256 or Ed25519 key');
  }
  return { kind: 'key', key: made, kid: kidOf(key) };
}

/** A PEM contains no algorithm. */
function kidOf(key: unknown): string | undefined {
  const { kid }: { kid?: unknown } = Object(key);
  return typeof kid === 'string' ? kid : undefined;
}

function privateKeyOf(key: unknown): KeyObject | undefined {
  try {
    if (typeof key === 'string') return createPrivateKey(key);
    // createPrivateKey throws for a value that is not a key.
    return createPrivateKey({ key: key as JsonWebKeyInput['key'], format: 'jwk' });
  } catch {
    return undefined;
  }
}

function isStrong({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean {
  if (type === 'rsa') return (details?.modulusLength ?? 0) >= 2048;
  return type === 'ed25519' || (type === 'ec' && details?.namedCurve === 'prime256v1');
}
