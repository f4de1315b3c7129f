// Commands on a terminal: hidden password, confirmation, colors and the start. `script` of util-linux
// provides the terminal.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { programDirectory } from '#test/support/services/built-program.ts';
import { createDataDirectory } from '#test/support/services/databases.ts';
import { createEmptyDirectory, openShell } from '#test/support/cli/shell.ts';

const program = join(programDirectory(), 'bin/ostiary.mjs');
const password = 'seven grey herons at noon';

describe('a command on a terminal', () => {
  it('asks twice for a password and does not echo it', async (t) => {
    const run = await openTerminal(t);

    const made = await run(
      'user create --email ann@example.org --json',
      [/^Password: /m, password],
      [/Repeat the password: /, password],
    );
    const differing = await run(
      'user create --email bo@example.org',
      [/^Password: /m, password],
      [/Repeat the password: /, 'another one entirely'],
    );

    assert.match(made, /"email":"ann@example\.org"/);
    assert.match(differing, /The two passwords differ\./);
    for (const shown of [made, differing]) assert.doesNotMatch(shown, /herons/);
  });

  it('asks for confirmation before an irreversible command', async (t) => {
    const run = await openTerminal(t);

    const refused = await run('session revoke-all', [/Continue\? \[y\/N\] /, 'n']);
    const done = await run('session revoke-all', [/Continue\? \[y\/N\] /, 'y']);

    assert.match(refused, /Nothing was changed\./);
    assert.match(done, /All users are signed out/);
  });

  it('shows colors unless NO_COLOR is set', async (t) => {
    const run = await openTerminal(t);
    const quiet = await openTerminal(t, { NO_COLOR: '1' });

    assert.ok((await run('--help')).includes('\u001b[1mUsers\u001b'));
    assert.equal((await quiet('--help')).includes('\u001b'), false);
  });
});

describe('serve', () => {
  it('shows a banner instead of JSON lines on a terminal', async (t) => {
    const run = await openTerminal(t, { PORT: '0', NO_COLOR: '1' });

    const shown = await run('serve', [/works once\):\s+http\S+/, '\u0003']);

    assert.match(shown, /Ostiary \S+ is ready\s+Address +http:\/\/localhost/);
    assert.match(shown, /Playground +http.*\s+Mail +http/);
    assert.doesNotMatch(shown, /^\{/m);
  });

  it('says in one sentence that the port is in use', async (t) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    t.after(() => void other.close());
    const { port } = other.address() as AddressInfo; // a TCP server has an AddressInfo
    const settings = { DATA_DIRECTORY: await createDataDirectory(t), PORT: String(port) };
    const shell = await openShell(t, { ...settings, LOG_LEVEL: 'silent' });

    const { err, exitCode } = await shell.run(['serve']);

    const sentence = `Another program is using port ${port}. Stop it, or set PORT to another number.`;
    assert.equal(err, `${sentence}\n`);
    assert.equal(exitCode, 4);
  });
});

type Step = readonly [prompt: RegExp, typed: string];

/** Types each text when its prompt appears; returns everything that the terminal showed. */
async function openTerminal(t: TestContext, settings: Readonly<Record<string, string>> = {}) {
  const directory = await createEmptyDirectory(t);
  const { PATH = '' } = process.env;
  const weak = { ARGON2_MEMORY_KIB: '64', ARGON2_ITERATIONS: '1', LOG_LEVEL: 'error' };
  const DATA_DIRECTORY = await createDataDirectory(t);
  const env = { PATH, TERM: 'xterm-256color', ...weak, DATA_DIRECTORY, ...settings };
  return async (command: string, ...steps: Step[]): Promise<string> => {
    const line = `${process.execPath} ${program} ${command}`;
    const child = spawn('script', ['-qec', line, '/dev/null'], { cwd: directory, env });
    const watchdog = setTimeout(() => child.kill('SIGKILL'), 120_000);
    let shown = '';
    let from = 0;
    const waiting = [...steps];
    child.stdout.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
      const [step] = waiting;
      if (!step || !step[0].test(shown.slice(from))) return;
      waiting.shift();
      from = shown.length;
      child.stdin.write(step[1] === '\u0003' ? step[1] : `${step[1]}\r`);
    });
    await Promise.all([once(child, 'close'), text(child.stderr)]);
    clearTimeout(watchdog);
    return shown;
  };
}
