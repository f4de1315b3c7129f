// `node bench/import.ts [users ...]`: measures the speed of `ostiary user import`, and shows that
// its memory use does not grow with the file. Runs the real program in a separate process, on a new
// PostgreSQL database and on a new embedded one; each user has a name, a time and a bcrypt hash.
// The results are in docs/import.md.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { withServices } from './services.ts';
import { formatTable } from './table.ts';

const program = new URL('../bin/ostiary.mjs', import.meta.url).pathname;
const everyMs = 50;
const say = (line: string) => void process.stdout.write(`${line}\n`);
const given = process.argv.slice(2).map(Number);
const sizes = given.length > 0 ? given : [10_000, 100_000];

/** A string with the format of a bcrypt hash; an import does not verify it. */
function aHash(): string {
  const characters = randomBytes(53).toString('base64').replaceAll(/[+=]/g, '.');
  return `$2b$12$${characters.slice(0, 53)}`;
}

async function writeFile(path: string, people: number): Promise<void> {
  const file = createWriteStream(path);
  for (let number = 0; number < people; number += 1) {
    const line = JSON.stringify({
      email: `person.${number}@example.org`,
      email_verified: number % 3 > 0,
      claims: {
        given_name: 'Ann',
        family_name: `Berg ${number}`,
        locale: 'nb',
        zoneinfo: 'Europe/Oslo',
      },
      password: { hash: aHash() },
      created_at: '2021-05-23T10:00:00Z',
    });
    if (!file.write(`${line}\n`)) await once(file, 'drain');
  }
  file.end();
  await finished(file);
}

/** VmRSS in MB; `undefined` once the process has exited. */
async function memoryOf(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(status) ?? [];
  return kib === undefined ? undefined : Number(kib) / 1024;
}

interface Ran {
  readonly seconds: number;
  readonly peakMb: number;
  readonly document: { readonly imported: number; readonly exists: number };
}

async function importOnce(path: string, settings: Record<string, string>): Promise<Ran> {
  const started = performance.now();
  const args = [program, 'user', 'import', path, '--json'];
  const env = { PATH: process.env['PATH'] ?? '', ...settings };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let peakMb = 0;
  const watch = setInterval(() => {
    void memoryOf(child.pid ?? 0).then((mb) => (peakMb = Math.max(peakMb, mb ?? 0)));
  }, everyMs);
  const [out] = await Promise.all([text(child.stdout), once(child, 'close')]);
  clearInterval(watch);
  const seconds = (performance.now() - started) / 1000;
  return { seconds, peakMb, document: JSON.parse(out) };
}

function rowOf(where: string, { seconds, peakMb, document }: Ran): readonly string[] {
  const { imported, exists } = document;
  const speed = ((imported + exists) / seconds).toFixed(0);
  return [where, String(imported), String(exists), seconds.toFixed(1), speed, peakMb.toFixed(0)];
}

await withServices(say, async ({ createDatabase }, t) => {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-import-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const rows: (readonly string[])[] = [];
  for (const people of sizes) {
    const path = join(directory, `${people}.jsonl`);
    await writeFile(path, people);
    const keys = { DATA_DIRECTORY: join(directory, `keys-${people}`) };
    const onServer = {
      ...keys,
      DATABASE_URL: (await createDatabase()).replace('@/', '@localhost/'),
    };
    const embedded = { DATA_DIRECTORY: join(directory, `data-${people}`) };
    rows.push(rowOf('PostgreSQL', await importOnce(path, onServer)));
    rows.push(rowOf('PostgreSQL, again', await importOnce(path, onServer)));
    rows.push(rowOf('embedded', await importOnce(path, embedded)));
    rows.push(rowOf('embedded, again', await importOnce(path, embedded)));
  }
  say(
    formatTable([
      ['database', 'imported', 'existing', 'seconds', 'per second', 'peak MB'],
      ...rows,
    ]),
  );
});
