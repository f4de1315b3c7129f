// A PostgreSQL whose files are on a disk that can be filled. It is restarted when it ends, as a
// service manager does.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { administer, type CleanUp } from './databases.ts';
import { killAtExit } from './kill-at-exit.ts';
import { canInstall, findPrograms } from './programs.ts';
import { findAccount } from './services.ts';
import { startupSeconds } from './start-patiently.ts';

const run = promisify(execFile);
const megabytes = 160;
const database = 'ostiary';

export type SmallDiskPostgres = Awaited<ReturnType<typeof startSmallDiskPostgres>>;

/** Only root can create a disk. */
export const canCreateDisk = (): boolean => process.platform === 'linux' && canInstall();

export async function startSmallDiskPostgres(t: CleanUp) {
  const folder = findPrograms().postgres;
  const disk = await mountDisk(t);
  const account = await findAccount('postgres');
  const data = join(disk, 'data');
  await mkdir(data, { mode: 0o700 });
  await chown(data, account.uid, account.gid);
  const sockets = await mkdtemp(join(tmpdir(), 'ostiary-disk-'));
  t.after(() => rm(sockets, { recursive: true, force: true }));
  await chown(sockets, account.uid, account.gid);
  const options = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--wal-segsize=1'];
  await run(join(folder, 'initdb'), [...options, '--no-sync', `--pgdata=${data}`], {
    ...account,
    cwd: sockets,
  });
  // Aborted rows stay in place of rows that would otherwise find room in existing pages.
  const settings = ['listen_addresses=', 'autovacuum=off', 'max_connections=60', ...walSettings];
  const flags = ['-D', data, '-k', sockets, ...settings.flatMap((each) => ['-c', each])];
  superviseForever(t, () =>
    spawn(join(folder, 'postgres'), flags, { ...account, cwd: sockets, stdio: 'ignore' }),
  );
  const urlOf = (name: string) => `postgres://postgres@localhost/${name}?host=${sockets}`;
  await waitForServer(urlOf('postgres'));
  await administer(urlOf('postgres'), `create database ${database}`);
  const ballast = join(disk, 'ballast');
  return {
    url: () => urlOf(database),
    /** Leaves no byte on the disk. */
    fill: () => writeUntilFull(ballast),
    free: () => rm(ballast, { force: true }),
  };
}

const walSettings = ['min_wal_size=2MB', 'max_wal_size=8MB', 'wal_recycle=off'];

async function mountDisk(t: CleanUp): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-mount-'));
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=711`, 'tmpfs', directory]);
  t.after(async () => {
    await run('umount', ['--lazy', directory]);
    await rm(directory, { recursive: true, force: true });
  });
  return directory;
}

function superviseForever(t: CleanUp, start: () => ChildProcess): void {
  const over = new AbortController();
  let child = start();
  void (async () => {
    while (!over.signal.aborted) {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      await pause(200);
      if (!over.signal.aborted) child = start();
    }
  })();
  const release = killAtExit(() => void child.kill('SIGKILL'));
  t.after(async () => {
    over.abort();
    release();
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGQUIT');
    await ended;
  });
}

async function waitForServer(url: string): Promise<void> {
  const begun = performance.now();
  while (performance.now() - begun < startupSeconds * 1000) {
    const isUp = await administer(url, 'select 1').then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await pause(100);
  }
  throw new Error(`PostgreSQL did not start within ${startupSeconds} seconds`);
}

async function writeUntilFull(path: string): Promise<void> {
  const file = await open(path, 'a');
  try {
    for (const size of [1024 * 1024, 4096, 1]) {
      const block = Buffer.alloc(size);
      while (await appends(file, block));
    }
  } finally {
    await file.close();
  }
}

async function appends(file: { appendFile(block: Buffer): Promise<void> }, block: Buffer) {
  try {
    await file.appendFile(block);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
    throw error;
  }
}
