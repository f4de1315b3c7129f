// Lock that admits one process at a time to a data directory. The embedded database has no lock,
// and two processes would corrupt it. The kernel holds the locks: a killed process releases them,
// and a lock is never taken from a live process because it looks stale.
import { realpath, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '#platform/errors.ts';
import { sha256 } from '#platform/crypto/hashing.ts';

export interface DataDirectoryLock {
  release(): Promise<void>;
}

/** Longest path of a Unix socket that every supported system accepts, in bytes. */
const maxSocketPathLength = 100;

/**
 * Locks the directory.
 * @throws AppError `conflict` with a message for the operator who started a second process
 */
export async function lockDataDirectory(directory: string): Promise<DataDirectoryLock> {
  const path = await realpath(directory);
  const pidFile = join(path, 'pid');
  const held: Server[] = [];
  const release = async () => {
    await Promise.all(held.map(closeServer));
  };
  try {
    if (process.platform === 'linux') held.push(await listen(abstractName(path)));
    held.push(...(await listenInDirectory(socketPath(path))));
  } catch (error) {
    await release();
    throw isInUse(error) ? await refusal(path, pidFile) : error;
  }
  await writeFile(pidFile, `${process.pid}\n`);
  return {
    async release() {
      await rm(pidFile, { force: true });
      await release();
    },
  };
}

/**
 * A name in the abstract socket namespace: limited to one network namespace and released with the
 * process.
 */
function abstractName(path: string): string {
  return `\0${lockName(path)}`;
}

function lockName(path: string): string {
  return `ostiary-${sha256(path).toString('hex').slice(0, 40)}`;
}

function socketPath(path: string): string {
  const socket = join(path, 'lock');
  const fits = Buffer.byteLength(socket) <= maxSocketPathLength;
  return fits ? socket : join(tmpdir(), lockName(path));
}

/**
 * A socket file in the directory is also visible to other containers. The file outlives its
 * process, but then it refuses connections. The caller holds the abstract lock, so no other process
 * on this host replaces the file at the same time.
 */
async function listenInDirectory(path: string): Promise<Server[]> {
  if (await isAnswered(path)) throw Object.assign(new Error('in use'), { code: 'EADDRINUSE' });
  await rm(path, { force: true });
  try {
    return [await listen(path)];
  } catch (error) {
    // Directories shared between a container and its host may support files but not sockets.
    if (process.platform === 'linux' && !isInUse(error)) return [];
    throw error;
  }
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // A full backlog also means that a process is listening.
    socket.once('error', (error) => resolve('code' in error && error.code === 'EAGAIN'));
  });
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen({ path }, () => {
      server.unref();
      resolve(server);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

async function refusal(path: string, pidFile: string): Promise<AppError> {
  const pid = (await readFile(pidFile, 'utf8').catch(() => '')).trim();
  const holder = /^\d+$/.test(pid) ? `another process (pid ${pid})` : 'another process';
  return new AppError(
    'conflict',
    `${holder} is using ${path}; only one process can use it at a time.`,
  );
}
