// Runs the client programs of PostgreSQL, such as pg_dump, against a database of the test run.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findPrograms } from './programs.ts';

const run = promisify(execFile);

/** Runs `program` with these options and the URL; returns what it prints. */
export async function runPostgresTool(
  program: 'pg_dump' | 'pg_restore' | 'psql',
  options: readonly string[],
): Promise<string> {
  const folder = findPrograms().postgres;
  const { stdout } = await run(join(folder, program), [...options], {
    maxBuffer: 256 * 1024 * 1024,
  });
  return stdout;
}
