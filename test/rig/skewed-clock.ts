// Loaded before everything else into a node whose clock is to be wrong: all of it, the libraries
// included, is so many milliseconds ahead as a file says, which may change while the node runs.
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
    // The constructor takes these, or none; which of them is for the caller to know.
    const values = given as [string | number];
    const present: [number] = [RightDate.now() + aheadMs];
    super(...(given.length === 0 ? present : values));
  }

  static override now(): number {
    return RightDate.now() + aheadMs;
  }
}

// It is called without `new` by nobody here, which is all that it can not do.
globalThis.Date = SkewedDate as unknown as DateConstructor;

function read(): number {
  return Number(readFileSync(path, 'utf8'));
}
