// npm pack, npm install in an empty folder and npx ostiary serve, as an operator does it. Part of npm run
// test:package, because the installation downloads some hundred packages.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { pack, runProgram } from '#test/support/package.ts';
import { createDirectory } from '#test/support/services/databases.ts';
import { killAtExit } from '#test/support/services/kill-at-exit.ts';

describe('the npm package', () => {
  it('is installed in an empty folder, and serves there', { timeout: 900_000 }, async (t) => {
    const folder = await createDirectory(t);
    const archive = pack(folder);
    const empty = await createDirectory(t);
    runProgram('npm', ['install', '--no-audit', '--no-fund', archive], { cwd: empty });
    const child = spawn('npx', ['ostiary', 'serve'], {
      cwd: empty,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, PORT: '0', ISSUER: 'http://localhost:9', LOG_LEVEL: 'error' },
    });
    const end = () => void (child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'));
    const forget = killAtExit(end);
    const closed = once(child, 'close');
    try {
      assert.match(await readyLineOf(child.stdout), /http:\/\/localhost:9/);
    } finally {
      forget();
      end();
      // The server writes into the folder, which is removed next.
      await closed;
    }
  });
});

async function readyLineOf(output: Readable): Promise<string> {
  for await (const line of createInterface(output)) {
    if (line.startsWith('Ostiary is ready')) return line;
  }
  return assert.fail('the server has ended');
}
