// One process at a time in a data directory: the embedded database has no lock of its own, and two
// of them in one directory destroy it. The kernel holds the locks, so that a killed process holds
// none, and no lock is ever taken away from a live one because it seems old.
import { realpath, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '#platform/errors.ts';
import { sha256 } from '#platform/crypto/hashing.ts';

export interface DataDirectoryLock {
  release(): Promise<void>;
}

/** What a socket's path may hold on every system, in bytes. */
const longestSocketPath = 100;

/** @throws AppError `conflict` with a sentence for the person who started the second process. */
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

/** Known to the kernel only, and to one network namespace: gone with the process. */
function abstractName(path: string): string {
  return `\0${lockName(path)}`;
}

function lockName(path: string): string {
  return `ostiary-${sha256(path).toString('hex').slice(0, 40)}`;
}

function socketPath(path: string): string {
  const socket = join(path, 'lock');
  const fits = Buffer.byteLength(socket) <= longestSocketPath;
  return fits ? socket : join(tmpdir(), lockName(path));
}

/**
 * A socket in the directory is seen from other containers, too. Its file outlives the process, but
 * then nobody answers there. The abstract lock is held by now: nobody else replaces it at this moment.
 */
async function listenInDirectory(path: string): Promise<Server[]> {
  if (await isAnswered(path)) throw Object.assign(new Error('in use'), { code: 'EADDRINUSE' });
  await rm(path, { force: true });
  try {
    return [await listen(path)];
  } catch (error) {
    // Directories that a container shares with its host may hold files but no sockets.
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
    // A queue that is full belongs to somebody, as well.
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
  return new AppError('conflict', `${holder} is using ${path}; only one can at a time.`);
}
