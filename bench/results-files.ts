// The files in bench/results, from which docs/performance.md is written.
import { existsSync } from 'node:fs';
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
  /** Other products; absent until they have been measured. */
  readonly peers?: LoadResults;
}

const folder = new URL('results/', import.meta.url);

export async function keepResults<Name extends keyof ResultFiles>(
  name: Name,
  results: Required<ResultFiles>[Name],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(fileOf(name), `${JSON.stringify(results, shorten, 2)}\n`);
}

async function readResults<Name extends keyof ResultFiles>(
  name: Name,
): Promise<Required<ResultFiles>[Name]> {
  // Sound: from keepResults.
  return JSON.parse(await readFile(fileOf(name), 'utf8')) as Required<ResultFiles>[Name];
}

export async function readAllResults(): Promise<ResultFiles> {
  return {
    load: await readResults('load'),
    starts: await readResults('starts'),
    growth: await readResults('growth'),
    workers: await readResults('workers'),
    ...(existsSync(fileOf('peers')) ? { peers: await readResults('peers') } : {}),
  };
}

/** Numbers with three digits after the point. */
function shorten(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}

function fileOf(name: string): URL {
  return new URL(`${name}.json`, folder);
}
