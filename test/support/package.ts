// The npm package, as npm pack writes it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Runs a program to its end; throws with its output if it fails. */
export function runProgram(
  program: string,
  args: readonly string[],
  { cwd = root, env = process.env }: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

/** Packs the project, after its build; returns the path of the archive. */
export function pack(directory: string, options: readonly string[] = []): string {
  runProgram(process.execPath, [join(root, 'deploy/package/build.ts'), ...options]);
  const name = runProgram('npm', ['pack', '--silent', '--pack-destination', directory]).trim();
  return join(directory, name);
}
