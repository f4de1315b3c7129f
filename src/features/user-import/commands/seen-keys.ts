// Which addresses and ids a file has named so far, and in which line: 24 bytes each, so that a million
// people fit into what a browser's tab takes.
import { sha256 } from '#platform/crypto/hashing.ts';

const firstPlaces = 2 ** 14;

export type SeenKeys = ReturnType<typeof createSeenKeys>;

/** Keys are told apart by 64 bits of their SHA-256: among ten million, one in a million files has two alike. */
export function createSeenKeys() {
  let places = firstPlaces;
  let hashes = new BigUint64Array(places);
  let lines = new Uint32Array(places);
  let count = 0;

  /** Where the key is, or would be. Lines begin with 1, so 0 is a free place. */
  function placeOf(hash: bigint): number {
    let place = Number(hash % BigInt(places));
    while (lines[place] !== 0 && hashes[place] !== hash) place = (place + 1) % places;
    return place;
  }

  function grow(): void {
    const old = { hashes, lines };
    places *= 2;
    [hashes, lines] = [new BigUint64Array(places), new Uint32Array(places)];
    for (const [place, line] of old.lines.entries()) {
      if (line !== 0) write(old.hashes[place] ?? 0n, line);
    }
  }

  function write(hash: bigint, line: number): void {
    const place = placeOf(hash);
    hashes[place] = hash;
    lines[place] = line;
  }

  return {
    /** The line that had the key first; `undefined`: this one has. */
    note(key: string, line: number): number | undefined {
      const hash = sha256(key).readBigUInt64BE();
      const earlier = lines[placeOf(hash)];
      if (earlier) return earlier;
      if (count * 2 >= places) grow();
      write(hash, line);
      count += 1;
      return undefined;
    },
  };
}
