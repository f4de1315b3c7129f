// Usage errors and help, neither of which opens a database.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { readArguments } from '#cli/framework/arguments.ts';
import { sessionShow } from '#core/sessions/commands/session-show.ts';
import { createEmptyDirectory, openShell } from '#test/support/cli/shell.ts';

const execute = promisify(execFile);

const cases: readonly (readonly [why: string, args: readonly string[], sentence: RegExp])[] = [
  ['no arguments', [], /^Usage: ostiary <command>/],
  ['an unknown command', ['dance'], /^There is no such command/],
  ['an incomplete command', ['client'], /^Usage: ostiary <command>[^]*client create/],
  [
    'a misspelt command',
    ['clinet', 'lsit'],
    /^There is no such command\. Did you mean "ostiary client/,
  ],
  ['a misspelt option', ['user', 'list', '--serach=x'], /^There is no option --serach here\. Did/],
  ['an unknown option', ['keys', 'list', '--all'], /^There is no option --all here/],
  ['an option without its value', ['user', 'create', '--email'], /^--email needs a value/],
  ['a repeated option', ['keys', 'list', '--json', '--json'], /^--json is given twice/],
  ['a missing option', ['user', 'create', '--password-stdin'], /^--email is missing/],
  [
    'a missing password',
    ['user', 'create', '--email', 'a@b.example'],
    /^--password-stdin is missing/,
  ],
  ['a missing confirmation', ['session', 'revoke-all'], /^This cannot be undone\. Add --yes/],
  ['a missing name', ['user', 'show'], /^EMAIL\|ID is missing/],
  ['too many arguments', ['migrate', 'now'], /^Too many arguments/],
  [
    'two options that read standard input',
    ['user', 'create', '--email', 'a@b.example', '--password-stdin', '--claims', '-'],
    /^--password-stdin and --claims cannot both read standard input/,
  ],
  [
    'a lifetime that is not a number',
    [
      ...'resource create --audience https://a.example --scopes a --format jwt'.split(' '),
      '--seconds=1h',
    ],
    /^--seconds must be a whole number/,
  ],
];

describe('usage error', () => {
  for (const [why, args, sentence] of cases) {
    it(`exits with 2 and the usage for ${why}`, async (t) => {
      const { run } = await openTestShell(t);

      const { out, err, exitCode } = await run(args);

      assert.equal(exitCode, 2);
      assert.match(err, sentence);
      assert.match(err, /Usage: ostiary|--help/);
      assert.equal(out, args.includes('--json') ? out : '');
    });
  }

  it('refuses a password as an argument and does not repeat it', async (t) => {
    const { run } = await openTestShell(t);

    const asOption = await run(['user', 'create', '--email', 'a@b.example', '--password=hunter-2']);
    const asWord = await run(['user', 'show', 'a@b.example', 'hunter-2', '--json']);

    assert.match(asOption.err, /use --password-stdin/);
    assert.equal(asWord.json()['error'], 'wrong_usage');
    for (const { out, err } of [asOption, asWord]) assert.doesNotMatch(out + err, /hunter-2/);
  });
});

describe('--help', () => {
  it('lists all commands, and the options of each, without opening a database', async (t) => {
    const { run, dataDirectory } = await openTestShell(t);

    const all = await run(['--help']);
    const one = await run(['user', 'create', '--help']);

    assert.match(all.out, /\nUsers\n {2}user list .*\n.*user show EMAIL\|ID .*\n.*user create /);
    assert.match(all.out, /\nClients and APIs\n/);
    assert.match(one.out, /^Usage: ostiary user create --email E \[--password-stdin\]/);
    assert.match(one.out, /\nExamples\n {2}ostiary user create --email ann@example\.org/);
    assert.equal(all.exitCode, 0);
    assert.equal(one.exitCode, 0);
    await assert.rejects(readdir(dataDirectory), { code: 'ENOENT' });
  });

  for (const args of ['user --help', 'help user', 'user show ann -h', 'usr --help', 'help']) {
    it(`exits with 0 for ${args}`, async (t) => {
      const { run } = await openTestShell(t);

      const { out, exitCode } = await run(args.split(' '));

      assert.equal(exitCode, 0);
      assert.match(out, /^Usage: ostiary /);
    });
  }
});

describe('completion', () => {
  it('completes commands and options in bash', async (t) => {
    const { run } = await openTestShell(t);
    const { out: script } = await run(['completion', 'bash']);
    const complete = async (...words: string[]) => {
      const setUp = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})`;
      const ask = `COMP_CWORD=${words.length - 1}; _ostiary; echo "\${COMPREPLY[@]}"`;
      return (await execute('bash', ['-c', `${script}\n${setUp}; ${ask}`])).stdout.trim();
    };

    assert.equal(await complete('ostiary', 'us'), 'user');
    assert.equal(await complete('ostiary', 'user', 'add'), 'add-role');
    assert.equal(await complete('ostiary', 'client', 'delete', '--y'), '--yes');
  });

  it('prints scripts for zsh and fish, and refuses other shells', async (t) => {
    const { run } = await openTestShell(t);

    const zsh = await run(['completion', 'zsh', '--json']);
    const fish = await run(['completion', 'fish']);
    const other = await run(['completion', 'csh']);

    assert.match(String(zsh.json()['script']), /^#compdef ostiary/);
    assert.match(fish.out, /^complete -c ostiary .* -a user$/m);
    assert.match(other.err, /^The shell must be bash, zsh or fish/);
  });
});

describe('id argument', () => {
  for (const id of ['-eGk2QvT0mZ8Xw4LrYc7Bn', '--Gk2QvT0mZ8Xw4LrYc7Bn']) {
    it(`is accepted although it starts like an option: ${id}`, () => {
      const args = readArguments(sessionShow, [id, '--json']);

      assert.equal(args.operand, id);
      assert.equal(args.has('json'), true);
    });
  }
});

async function openTestShell(t: TestContext) {
  const dataDirectory = join(await createEmptyDirectory(t), 'data');
  return { ...(await openShell(t, { DATA_DIRECTORY: dataDirectory })), dataDirectory };
}
