// Usage errors and help, neither of which opens a database.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { readArguments } from '#cli/framework/arguments.ts';
import { sessionShow } from '#core/sessions/commands/session-show.ts';
import { createEmptyDirectory, openShell } from '#test/support/cli/shell.ts';

const cases: readonly (readonly [why: string, args: readonly string[], sentence: RegExp])[] = [
  ['no arguments', [], /^Usage: ostiary <command>/],
  ['an unknown command', ['dance'], /^There is no such command/],
  ['an incomplete command', ['client'], /^Usage: ostiary client create/],
  ['an unknown option', ['keys', 'list', '--all'], /^There is no option --all here/],
  ['an option without its value', ['user', 'create', '--email'], /^--email needs a value/],
  ['a repeated option', ['keys', 'list', '--json', '--json'], /^--json is given twice/],
  ['a missing option', ['user', 'create', '--password-stdin'], /^--email is missing/],
  ['a missing name', ['user', 'show'], /^EMAIL\|ID is missing/],
  ['too many arguments', ['migrate', 'now'], /^There is an argument too many/],
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

    assert.match(all.out, /user create .*\n.*user invite .*\n.*user show EMAIL\|ID/);
    assert.match(one.out, /^Usage: ostiary user create --email E --password-stdin/);
    assert.equal(all.exitCode, 0);
    assert.equal(one.exitCode, 0);
    await assert.rejects(readdir(dataDirectory), { code: 'ENOENT' });
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
