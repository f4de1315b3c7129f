// Prometheus and promtool for tests. The Debian package is unpacked instead of installed: an
// installation would start the service. It needs no privileges, and nothing outside the checkout
// changes.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitForHttp } from '#test/interop/ports.ts';
import { findFreePorts } from './free-ports.ts';
import type { CleanUp } from './databases.ts';

const cache = new URL('../../../node_modules/.cache/prometheus', import.meta.url).pathname;

export interface Prometheus {
  readonly prometheus: string;
  readonly promtool: string;
}

/** `undefined` on a system without the programs and without the packages of Debian. */
export function findPrometheus(): Prometheus | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), join(cache, 'usr/bin')];
  const found = folders.find((folder) =>
    ['prometheus', 'promtool'].every((name) => folder !== '' && existsSync(join(folder, name))),
  );
  return found === undefined
    ? undefined
    : { prometheus: join(found, 'prometheus'), promtool: join(found, 'promtool') };
}

/** Downloads and unpacks the package, unless the programs exist. */
export function unpackPrometheus(say: (line: string) => void): void {
  if (findPrometheus()) return;
  mkdirSync(join(cache, '..'), { recursive: true });
  const directory = mkdtempSync(`${cache}-`);
  try {
    const isLoaded = run('apt-get', ['-qq', 'download', 'prometheus'], directory);
    if (!isLoaded) return say('Prometheus not found; its tests are skipped.');
    const unpacked = join(directory, 'unpacked');
    const [archive = ''] = globSync(join(directory, '*.deb'));
    if (run('dpkg-deb', ['-x', archive, unpacked])) renameSync(unpacked, cache);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function run(program: string, args: readonly string[], cwd?: string): boolean {
  return spawnSync(program, args, { cwd, stdio: 'ignore' }).status === 0;
}

export interface RunningPrometheus {
  /** Evaluates a query now; the values of the series that it returns. */
  query(expression: string): Promise<readonly string[]>;
}

/** Runs Prometheus with the sample configuration, and these targets instead of the sample's. */
export async function startPrometheus(
  t: CleanUp,
  program: string,
  targets: readonly string[],
): Promise<RunningPrometheus> {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-test-prometheus-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  await cp(samples, directory, { recursive: true });
  const config = join(directory, 'prometheus.yml');
  const sample = await readFile(config, 'utf8');
  const list = targets.map((target) => `'${target}'`).join(', ');
  const changed = sample.replace(/targets: .*/, `targets: [${list}]`).replaceAll('15s', '1s');
  await writeFile(config, changed);

  const [port = 0] = await findFreePorts(1);
  const address = `127.0.0.1:${port}`;
  const options = ['--config.file', config, '--storage.tsdb.path', join(directory, 'data')];
  const child = spawn(program, [...options, `--web.listen-address=${address}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  t.after(async () => {
    const ended = once(child, 'exit');
    if (child.kill('SIGKILL')) await ended;
  });
  let log = '';
  child.stderr.on('data', (chunk) => (log += String(chunk)));
  await waitForHttp(new URL(`http://${address}/-/ready`), () => log);

  return {
    async query(expression) {
      const search = new URLSearchParams({ query: expression });
      const answer = await fetch(`http://${address}/api/v1/query`, {
        method: 'POST',
        body: search,
      });
      const result = readAnswer(await answer.json());
      if (!result) throw new Error(`Prometheus refused the query ${expression}`);
      return result.map(({ value }) => value[1]);
    },
  };
}

const samples = new URL('../../../deploy/prometheus', import.meta.url).pathname;

interface Answer {
  readonly status: string;
  readonly data?: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

function readAnswer(body: unknown) {
  const { status, data } = body as Answer; // the format of Prometheus' API
  return status === 'success' ? data?.result : undefined;
}
