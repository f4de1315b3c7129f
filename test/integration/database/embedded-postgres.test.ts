// Tests the embedded database with two processes at once, and with kill -9 at random moments.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '#platform/errors.ts';
import { lockDataDirectory } from '#platform/database/data-directory.ts';
import { openEmbedded } from '#platform/database/embedded-postgres.ts';
import type { Database } from '#platform/database/postgres.ts';
import {
  createDataDirectory,
  createDirectory,
  createTestLog,
} from '#test/support/services/databases.ts';

const log = createTestLog();

describe('embedded database', () => {
  it('is used by one process at a time, and released when that process is killed', async (t) => {
    const directory = await createDataDirectory(t);
    const other = await startProcess(t, 'hold', directory);
    await other.firstLine;

    await assert.rejects(openEmbedded({ directory, log }), isRefusal(other.pid, directory));
    await other.kill();

    const db = await openEmbedded({ directory, log });
    await assert.rejects(openEmbedded({ directory, log }), isRefusal(process.pid, directory));
    await db.close();
  });

  it('survives kill -9 at any moment of the first start', async (t) => {
    const directory = await createDirectory(t);

    // Initialization writes nothing for seconds and then about a thousand files in one second,
    // which is the critical phase.
    const files = [0, 100, 500].map((fewest) => fewest + Math.ceil(Math.random() * 300));
    for (const count of files) {
      const starting = await startProcess(t, 'hold', directory);
      const growing = join(directory, `database.new-${String(starting.pid)}`);
      await waitUntil(async () => (await countFiles(growing)) >= count);
      await starting.kill();
    }
    const renaming = await startProcess(t, 'hold', directory);
    await waitUntil(async () => (await readdir(directory)).includes('database'));
    await renaming.kill();

    const db = await openEmbedded({ directory, log });
    await db.migrate();
    assert.equal(await countUsers(db), 0);
    await db.close();
    assert.deepEqual(await readdir(directory), ['database']);
  });

  it('keeps every acknowledged row when it is killed during writes', async (t) => {
    const directory = await createDataDirectory(t);
    const acknowledged: string[] = [];

    for (let kills = 0; kills < 3; kills += 1) {
      const writing = await startProcess(t, 'write', directory);
      await writing.firstLine;
      await pause(200 + Math.random() * 600);
      acknowledged.push(...(await writing.kill()));
    }

    const db = await openEmbedded({ directory, log });
    const found: { id: string }[] = await db.knex('users').select('id');
    await db.close();
    const ids = new Set(found.map(({ id }) => id));
    const lost = acknowledged.filter((id) => !ids.has(id));
    assert.ok(acknowledged.length > 0);
    assert.deepEqual(lost, []);
  });

  it('runs concurrent transactions one after the other on its single connection', async (t) => {
    const directory = await createDataDirectory(t);
    const db = await openEmbedded({ directory, log });
    t.after(() => db.close());

    await Promise.all(
      Array.from({ length: 20 }, () =>
        db.transaction(async (tx) => {
          const { rows } = await db.run<{ seen: number }>(highest, [], tx);
          await tx('setup_links').insert(linkNumber((rows[0]?.seen ?? 0) + 1));
        }),
      ),
    );

    const { rows } = await db.run<{ seen: number }>(highest, []);
    assert.equal(rows[0]?.seen, 20);
  });
});

describe('data directory lock', () => {
  it('is shared by all paths of the directory, and can be taken again after release', async (t) => {
    const directory = await createDirectory(t);
    const first = await lockDataDirectory(directory);

    const sameDirectory = join(directory, '..', directory.split('/').at(-1) ?? '', '.');
    await assert.rejects(lockDataDirectory(sameDirectory), isRefusal(process.pid, directory));
    await first.release();

    const second = await lockDataDirectory(directory);
    await second.release();
    assert.deepEqual(await readdir(directory), []);
  });

  it('is taken by exactly one of many concurrent processes', async (t) => {
    const directory = await createDirectory(t);

    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => lockDataDirectory(directory)),
    );

    const held = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    assert.equal(held.length, 1);
    await Promise.all(held.map(({ value }) => value.release()));
  });
});

const highest = {
  name: 'test_highest',
  text: 'select count(*)::integer as seen from setup_links',
};

function linkNumber(number: number) {
  return { token_hash: Buffer.from([number]), created_at: new Date(0) };
}

async function countFiles(directory: string): Promise<number> {
  const paths = await readdir(directory, { recursive: true }).catch(() => []);
  return paths.length;
}

async function waitUntil(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries += 1) {
    if (tries === 20_000) throw new Error('the expected state was not reached');
    await pause(2);
  }
}

async function countUsers(db: Database): Promise<number> {
  const found: unknown[] = await db.knex('users').select('id');
  return found.length;
}

async function startProcess(t: TestContext, task: 'hold' | 'write', directory: string) {
  const script = new URL('../../support/services/embedded-process.ts', import.meta.url).pathname;
  const options = [script, task, directory];
  const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  t.after(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');

  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  const ended = once(reader, 'close');
  reader.on('line', (line) => lines.push(line));
  return {
    pid: child.pid,
    firstLine: once(reader, 'line'),
    /** Kills the process and returns the ids that it had acknowledged by then. */
    async kill(): Promise<string[]> {
      child.kill('SIGKILL');
      await Promise.all([exited, ended]);
      return lines.filter((line) => line !== 'ready');
    },
  };
}

function isRefusal(pid: number | undefined, directory: string) {
  return (error: unknown) =>
    error instanceof AppError &&
    error.code === 'conflict' &&
    error.message.startsWith(`another process (pid ${String(pid)}) is using ${directory}`);
}
