// The control socket of a running server with the embedded database: permissions and failures.
import assert from 'node:assert/strict';
import { mkdir, rename, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openOlderServer } from '#test/support/cli/older-server.ts';
import { createDataDirectory } from '#test/support/services/databases.ts';
import {
  closeInReverse,
  createEmptyDirectory,
  createServerDatabase,
  openShell,
  startServer,
  type RunningServer,
} from '#test/support/cli/shell.ts';

const create = ['user', 'create', '--email', 'ann@example.org', '--password-stdin'];
const password = 'seven grey herons at noon\n';

describe('control socket of a running server', () => {
  it('is accessible to its owner only, and removed when the server stops', async (t) => {
    const { directory, server } = await startEmbedded(t);
    const path = join(directory, 'control.sock');

    assert.equal((await stat(path)).mode & 0o777, 0o600);
    await server.stop();
    await assert.rejects(stat(path), { code: 'ENOENT' });
  });

  it('is replaced if a killed server left it behind', async (t) => {
    const { closing, directory, settings, server, shell } = await startEmbedded(t);
    await shell.done(create, password);
    await server.kill();
    assert.ok((await stat(join(directory, 'control.sock'))).isSocket());

    await shell.done(['user', 'show', 'ann@example.org']);
    const next = await startServer(closing, settings);
    await shell.done(['user', 'show', 'ann@example.org']);

    await logs(next, /"command":"user show"/);
  });

  it('writes neither passwords nor secrets to the log', async (t) => {
    const { server, shell } = await startEmbedded(t);
    const metadata = '{"redirect_uris":["https://app.example/"]}';

    await shell.done(create, password);
    const made = await shell.done(['client', 'create', '--metadata', '-', '--json'], metadata);
    await server.stop();

    assert.match(server.log(), /"command":"client create","exitCode":0/);
    assert.doesNotMatch(server.log(), /seven grey herons|ann@example/);
    assert.ok(!server.log().includes(String(made.json()['client_secret'])));
  });

  it('survives input that is not a command', async (t) => {
    const { directory, shell } = await startEmbedded(t);

    await speak(directory, 'GET / HTTP/1.1\r\n\r\n');
    await speak(directory, '{"argv":["serve"],"inputs":{"files":{}}}\n');
    await speak(directory, '{"argv":[1],"inputs":{}}\n');
    await speak(directory, 'x'.repeat(16 * 1024 * 1024 + 1));

    await shell.done(['keys', 'list']);
  });

  it('is reachable by a relative path if the full path is too long', async (t) => {
    const closing = closeInReverse(t);
    const long = join(await createEmptyDirectory(closing), 'd'.repeat(110));
    await mkdir(long);
    await rename(await createDataDirectory(closing), join(long, 'data'));
    const settings = { DATA_DIRECTORY: 'data', PORT: '0' };
    const server = await startServer(closing, settings, long);

    await (await openShell(closing, settings, long)).done(create, password);

    await logs(server, /"command":"user create"/);
  });

  it('does not exist on PostgreSQL, where no command needs it', async (t) => {
    const closing = closeInReverse(t);
    const directory = await createDataDirectory(closing);
    const DATABASE_URL = await createServerDatabase(closing);
    await startServer(closing, { DATA_DIRECTORY: directory, PORT: '0', DATABASE_URL });

    await assert.rejects(stat(join(directory, 'control.sock')), { code: 'ENOENT' });
  });
});

describe('a command for a server of another version', () => {
  it('sends nothing and asks the operator to restart the server', async (t) => {
    const closing = closeInReverse(t);
    const directory = await createEmptyDirectory(closing);
    const asked = await openOlderServer(closing, directory);
    const shell = await openShell(closing, { DATA_DIRECTORY: directory });

    const { exitCode, err } = await shell.run(create, password);

    assert.match(err, /^The running server has version 0\.0\.1, .* restart the server/);
    assert.equal(exitCode, 4);
    assert.deepEqual(asked, []);
  });
});

describe('commands on an embedded database without a server', () => {
  it('run one after the other', async (t) => {
    const closing = closeInReverse(t);
    const settings = { DATA_DIRECTORY: await createDataDirectory(closing) };
    const shell = await openShell(closing, settings);

    const made = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        shell.run(
          ['user', 'create', '--email', `${name}@example.org`, '--password-stdin'],
          password,
        ),
      ),
    );

    assert.deepEqual(
      made.map(({ exitCode }) => exitCode),
      [0, 0, 0],
    );
  });
});

async function startEmbedded(t: TestContext) {
  const closing = closeInReverse(t);
  const directory = await createDataDirectory(closing);
  const settings = { DATA_DIRECTORY: directory, PORT: '0', LOG_LEVEL: 'info' };
  const server = await startServer(closing, settings);
  const shell = await openShell(closing, settings);
  return { closing, directory, settings, server, shell };
}

/** Writes to the socket and waits until the server closes it. */
async function speak(directory: string, words: string): Promise<string> {
  const socket = connect(join(directory, 'control.sock'));
  socket.on('error', () => undefined); // The server may close it during the write.
  socket.write(words);
  return text(socket).catch(() => '');
}

/**
 * Waits for a log line. Lines are written in batches with a delay; the time limit of the test run
 * bounds the wait.
 */
async function logs(server: RunningServer, line: RegExp): Promise<void> {
  while (!line.test(server.log())) await pause(10);
}
