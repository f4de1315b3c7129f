// The passwords that attackers try first, asked without any call to the outside.
// What a hit means is left to passwords.ts; where the list comes from is in data/README.md.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const file = new URL('../../../data/common-passwords.txt.gz', import.meta.url);

/** Whether a password is on the list, capitals aside. The list is read at the first question. */
export function loadCommonPasswords(): (password: string) => boolean {
  let list: string | undefined;
  return (password) => {
    list ??= gunzipSync(readFileSync(file)).toString('latin1');
    return holdsLine(list, password.toLowerCase());
  };
}

/** Halves the sorted lines: one text takes a tenth of the memory that a set of words would. */
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
