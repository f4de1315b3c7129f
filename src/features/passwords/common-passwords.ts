// The list of common passwords, stored locally so that no password leaves the server. passwords.ts
// decides what a match means; the source of the list is in data/README.md.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const file = new URL('../../../data/common-passwords.txt.gz', import.meta.url);

/** Whether a password is on the list, ignoring case. The list is loaded on first use. */
export function loadCommonPasswords(): (password: string) => boolean {
  let list: string | undefined;
  return (password) => {
    list ??= gunzipSync(readFileSync(file)).toString('latin1');
    return holdsLine(list, password.toLowerCase());
  };
}

/** Binary search over the sorted lines: one string takes a tenth of the memory of a set. */
function holdsLine(list: string, word: string): boolean {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const start = list.lastIndexOf('\n', ((low + high) >>> 1) - 1) + 1;
    const end = list.indexOf('\n', start);
    const line = list.slice(start, end);
    if (line === word) return true;
    if (line < word) low = end + 1;
    else high = start;
  }
  return false;
}
