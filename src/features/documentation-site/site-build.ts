// Builds the documentation site once if it is missing or older than the documents. Releases and the image
// contain the built site; VitePress is installed for development only.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Log } from '#platform/logging/log.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const builder = join(root, 'node_modules/vitepress/bin/vitepress.js');
const documents = join(root, 'docs');

export const siteDirectory = join(root, 'dist/site');
const index = join(siteDirectory, 'index.html');
const lock = `${siteDirectory}.lock`;
const lockMilliseconds = 3 * 60 * 1000;

/** Resolves to true if there is a site to serve. A failed build is logged. */
export async function buildSite(log: Log): Promise<boolean> {
  if (!existsSync(builder) || !existsSync(documents)) return existsSync(index);
  if (await isCurrent()) return true;
  try {
    await inTurn(async () => {
      // Another process may have built it meanwhile.
      if (await isCurrent()) return;
      log.info({ event: 'docs.building' }, 'building the documentation site');
      await runBuilder();
    });
  } catch (err) {
    log.error({ event: 'docs.failed', err }, 'the documentation site could not be built');
  }
  return existsSync(index);
}

async function isCurrent(): Promise<boolean> {
  return existsSync(index) && (await newestChange()) <= (await stat(index)).mtimeMs;
}

/** Several processes build one after the other. A lock that outlived its process expires. */
async function inTurn(work: () => Promise<void>): Promise<void> {
  await mkdir(join(root, 'dist'), { recursive: true });
  while (!(await takeLock())) {
    const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > lockMilliseconds) await rm(lock, { recursive: true, force: true });
    await pause(250);
  }
  try {
    await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

function takeLock(): Promise<boolean> {
  return mkdir(lock).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

/** Builds in a temporary folder first, so that two processes cannot mix their files. */
async function runBuilder(): Promise<void> {
  const output = `${siteDirectory}-${process.pid}`;
  const call = [builder, 'build', 'docs', '--outDir', output];
  try {
    const child = spawn(process.execPath, call, { cwd: root, stdio: 'ignore' });
    const stop = (): void => void child.kill();
    process.once('exit', stop);
    const [exitCode]: unknown[] = await once(child, 'exit');
    process.off('exit', stop);
    if (exitCode !== 0) throw new Error(`VitePress exited with ${String(exitCode)}`);
    await rm(siteDirectory, { recursive: true, force: true });
    await rename(output, siteDirectory);
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

/** Time of the last change to a document, in milliseconds. */
async function newestChange(): Promise<number> {
  // Ignores folders, because the build itself changes the one that contains its temporary files.
  const entries = await readdir(documents, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sources = files.map(({ parentPath, name }) => join(parentPath, name));
  sources.push(join(root, 'CHANGELOG.md'));
  const times = await Promise.all(sources.map(async (path) => (await stat(path)).mtimeMs));
  return Math.max(...times);
}
