// Checks YAML files against the published schemas that the Python package check-jsonschema includes.
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { canInstall, install } from './programs.ts';

const run = promisify(execFile);
const version = '0.39.0';
const folder = join(import.meta.dirname, '../../../node_modules/.cache/check-jsonschema', version);

/** Installs the package once; the returned function fails with the violations of a file. */
export async function provideSchemaChecker() {
  const program = join(folder, 'bin/check-jsonschema');
  if (!existsSync(program)) {
    const hasVenv = spawnSync('python3', ['-c', 'import venv, ensurepip'], { stdio: 'ignore' });
    if (hasVenv.status !== 0 && canInstall()) install(['python3', 'python3-venv']);
    await run('python3', ['-m', 'venv', folder]);
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
    const pip = ['-m', 'pip', 'install', ...quiet, `check-jsonschema==${version}`];
    await run(join(folder, 'bin/python'), pip);
  }
  return async (schema: string, file: string): Promise<void> => {
    await run(program, ['--builtin-schema', schema, file]).catch((error: unknown) => {
      const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
      throw new Error(`${file}: ${output}`, { cause: error });
    });
  };
}
