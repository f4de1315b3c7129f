// Preloaded into a node whose clock is to be wrong: Date, for the libraries as well, is ahead by
// the number of milliseconds in a file, which may change while the node runs.
import { readFileSync } from 'node:fs';

const path = process.env['CLOCK_AHEAD_FILE'] ?? '';
const lookEveryMs = 50;
const RightDate = Date;
let aheadMs = read();

setInterval(() => {
  aheadMs = read();
}, lookEveryMs).unref();

class SkewedDate extends RightDate {
  constructor(...given: unknown[]) {
    // The constructor accepts these arguments or none; the caller chooses.
    const values = given as [string | number];
    const present: [number] = [RightDate.now() + aheadMs];
    super(...(given.length === 0 ? present : values));
  }

  static override now(): number {
    return RightDate.now() + aheadMs;
  }
}

// Does not support calls without `new`, which no code here makes.
globalThis.Date = SkewedDate as unknown as DateConstructor;

function read(): number {
  return Number(readFileSync(path, 'utf8'));
}
