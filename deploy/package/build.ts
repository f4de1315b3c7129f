// Prepares `npm pack`: the program in plain JavaScript, because Node.js strips no types below node_modules,
// the documentation site, a bill of materials (CycloneDX) and the list of licenses.
//   node deploy/package/build.ts [--without-site]
import { spawnSync } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeBundle } from '../bundle.ts';
import { listLicenses, type Lock } from './licenses.ts';

const root = join(import.meta.dirname, '../..');
const directory = join(root, 'dist/package');
const { values } = parseArgs({ options: { 'without-site': { type: 'boolean', default: false } } });

await writeBundle({
  entries: { main: 'src/main.ts', cli: 'src/cli.ts' },
  directory,
  external: 'all',
});
if (!values['without-site']) {
  run('npm', ['run', '--silent', 'docs:site']);
  await cp(join(root, 'dist/site'), join(directory, 'dist/site'), { recursive: true });
}
await writeFile(join(directory, 'sbom.cdx.json'), await describeComponents());
await writeFile(join(directory, 'licenses.md'), await describeLicenses());

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

/** npm names the root after its folder, and calls it a library. */
async function describeComponents(): Promise<string> {
  const options = ['--omit=dev', '--package-lock-only', '--sbom-format=cyclonedx'];
  const bom = JSON.parse(run('npm', ['sbom', ...options])) as {
    metadata: { component: object }; // npm writes it in this form
  };
  const component = { ...bom.metadata.component, name: 'ostiary', type: 'application' };
  const document = { ...bom, metadata: { ...bom.metadata, component } };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

async function describeLicenses(): Promise<string> {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Lock; // npm writes it
  };
  const rows = listLicenses(packages).map(
    ({ name, version, license }) => `| ${name} | ${version} | ${license} |\n`,
  );
  const head =
    '# Licenses\n\nThe packages that Ostiary installs.\n\n| package | version | license |\n';
  return `${head}| --- | --- | --- |\n${rows.join('')}`;
}
