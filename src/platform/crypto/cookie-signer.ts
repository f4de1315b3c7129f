// Signs cookies with the interface that Koa's cookie library expects (the methods of Keygrip). The
// first key signs, all keys verify. Keygrip itself computes two more HMACs per comparison, which
// makes it ten times as expensive.
import { createHmac } from 'node:crypto';
import { equalBytes } from './hashing.ts';

/** @param keys secrets of at least 32 bytes, base64url */
export function createCookieSigner(keys: readonly string[]) {
  const [current] = keys;
  if (current === undefined) throw new TypeError('At least one cookie key is required');

  function digest(data: string, key: string): string {
    return createHmac('sha256', key).update(data).digest('base64url');
  }

  return {
    sign(data: string): string {
      return digest(data, current);
    },
    /**
     * Index of the key that made the signature, or -1. An index above 0 makes the library sign the
     * cookie again.
     */
    index(data: string, signature: string): number {
      return keys.findIndex((key) => equalBytes(digest(data, key), signature));
    },
    verify(data: string, signature: string): boolean {
      return this.index(data, signature) > -1;
    },
  };
}

export type CookieSigner = ReturnType<typeof createCookieSigner>;
