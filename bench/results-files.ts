// The files in bench/results, from which docs/performance.md is written.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { StartResults } from './startup.ts';
import type { GrowthResults } from './growth/growth-report.ts';
import type { LoadResults } from './load/results.ts';
import type { WorkersResults } from './load/workers.ts';

export interface ResultFiles {
  readonly load: LoadResults;
  readonly starts: StartResults;
  readonly growth: GrowthResults;
  readonly workers: WorkersResults;
}

const folder = new URL('results/', import.meta.url);

export async function keepResults<Name extends keyof ResultFiles>(
  name: Name,
  results: ResultFiles[Name],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(fileOf(name), `${JSON.stringify(results, undefined, 2)}\n`);
}

export async function readResults<Name extends keyof ResultFiles>(
  name: Name,
): Promise<ResultFiles[Name]> {
  return JSON.parse(await readFile(fileOf(name), 'utf8')) as ResultFiles[Name]; // from keepResults
}

function fileOf(name: string): URL {
  return new URL(`${name}.json`, folder);
}
