// The path of the logo of a client or identity provider: a copy on this server, named by a hash of the URL
// from which it was fetched. Until there is a copy, pages show the initial of the name.
import { createHash } from 'node:crypto';

export const logoPath = '/auth/logos';
const shape = /^[\w-]{43}$/;

/** The SHA-256 hash of the registered URL. */
export function logoKey(url: string): string {
  return createHash('sha256').update(url).digest('base64url');
}

export function isLogoKey(text: string): boolean {
  return shape.test(text);
}
