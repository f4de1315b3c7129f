// Signs cookies in the shape that Koa's cookie library calls (Keygrip's methods). The first key
// signs, all verify. Keygrip itself compares by two more keyed hashes per look, ten times the cost.
import { createHmac } from 'node:crypto';
import { equalBytes } from './hashing.ts';

/** @param keys secrets of at least 32 bytes, base64url */
export function createCookieSigner(keys: readonly string[]) {
  const [current] = keys;
  if (current === undefined) throw new TypeError('at least one cookie key is needed');

  function digest(data: string, key: string): string {
    return createHmac('sha256', key).update(data).digest('base64url');
  }

  return {
    sign(data: string): string {
      return digest(data, current);
    },
    /** Which key signed; -1: none of ours. A higher place than 0 makes the library sign anew. */
    index(data: string, signature: string): number {
      return keys.findIndex((key) => equalBytes(digest(data, key), signature));
    },
    verify(data: string, signature: string): boolean {
      return this.index(data, signature) > -1;
    },
  };
}

export type CookieSigner = ReturnType<typeof createCookieSigner>;
