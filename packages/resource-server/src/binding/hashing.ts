// SHA-256 with the Web Cryptography API, which every runtime has.
import { base64url } from 'jose';

export async function sha256(data: string | Uint8Array): Promise<string> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', copyOf(bytes))));
}

/** Web Cryptography refuses shared memory; the copy is not shared. */
function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
