// Nonces for DPoP proofs (RFC 9449 §9) that need no store: each is a period of time and its HMAC, accepted
// during that period and the next one.
import { base64url } from 'jose';

const periodSeconds = 120;
const minSecretBytes = 32;

export function createDpopNonces(secret: Uint8Array, now: () => Date) {
  if (secret.byteLength < minSecretBytes) {
    throw new TypeError(`nonceSecret must have at least ${minSecretBytes} bytes`);
  }
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const key = crypto.subtle.importKey('raw', new Uint8Array(secret), hmac, false, ['sign']);

  async function nonceOf(period: number): Promise<string> {
    const text = new TextEncoder().encode(`DPoP nonce ${period}`);
    return base64url.encode(new Uint8Array(await crypto.subtle.sign('HMAC', await key, text)));
  }

  const current = () => Math.floor(now().getTime() / 1000 / periodSeconds);
  return {
    issue: (): Promise<string> => nonceOf(current()),
    async isValid(nonce: unknown): Promise<boolean> {
      const period = current();
      return nonce === (await nonceOf(period)) || nonce === (await nonceOf(period - 1));
    },
  };
}

export type DpopNonces = ReturnType<typeof createDpopNonces>;
