// Exits with an error if the license of a package does not permit it in an installation.
import { readFile } from 'node:fs/promises';
import { isPermitted, listLicenses, type Lock } from './licenses.ts';

const file = new URL('../../package-lock.json', import.meta.url);
const { packages } = JSON.parse(await readFile(file, 'utf8')) as { packages: Lock }; // npm writes it
const all = listLicenses(packages);
const refused = all.filter((each) => !isPermitted(each));
for (const { name, version, license } of refused) {
  process.stderr.write(`${name} ${version} has the license ${license}, which is not permitted.\n`);
}
process.stdout.write(`${all.length - refused.length} of ${all.length} licenses are permitted.\n`);
process.exitCode = refused.length > 0 ? 1 : 0;
