// Prints the licence of each package that is part of a release, from package-lock.json, one per line. Ends with
// an error if a licence is not on the list of those that may be distributed with Ostiary.
import { readFileSync } from 'node:fs';

const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  // libvips, a library of its own that is loaded at run time and can be replaced.
  'LGPL-3.0-or-later',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Python-2.0',
  'Unlicense',
]);

/** Packages whose manifest names no licence, or none by its SPDX name; their LICENSE file does. */
const fromFile = new Map([
  ['decko', 'MIT'],
  ['stickyfill', 'MIT'],
  ['url-template', 'BSD-3-Clause'],
]);

const { packages } = JSON.parse(
  readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'),
);
const released = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
const refused = [];
for (const [path, { version, license: declared = 'unknown' }] of released) {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const license = fromFile.get(name) ?? declared;
  process.stdout.write(`${name} ${version} ${license}\n`);
  if (!isAllowed(license)) refused.push(`${name} ${version}: ${license}`);
}
if (refused.length > 0) {
  process.stderr.write(
    `These licences are not on the list in ci/licences.mjs:\n${refused.join('\n')}\n`,
  );
  process.exitCode = 1;
}

/** An SPDX expression with AND needs all of its licences, one with OR any of them. */
function isAllowed(expression) {
  const text = expression.replace(/[()]/g, '');
  return text.split(' OR ').some((part) => part.split(' AND ').every((name) => allowed.has(name)));
}
