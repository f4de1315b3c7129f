// The addresses and ids seen so far in a file, with their line numbers: 24 bytes per key, so one
// million users need 24 MB.
import { sha256 } from '#platform/crypto/hashing.ts';

const firstPlaces = 2 ** 14;

export type SeenKeys = ReturnType<typeof createSeenKeys>;

/**
 * Keys are compared by 64 bits of their SHA-256: with ten million keys, the probability of a
 * collision is about one in a million.
 */
export function createSeenKeys() {
  let places = firstPlaces;
  let hashes = new BigUint64Array(places);
  let lines = new Uint32Array(places);
  let count = 0;

  /** Slot of the key, or the free slot for it. Line numbers begin at 1, so 0 marks a free slot. */
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
    /** The line in which the key occurred first; `undefined`: it is new. */
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
