// What is typed wrongly, and help: nothing is opened for that.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { readArguments } from '#cli/framework/arguments.ts';
import { sessionShow } from '#core/sessions/commands/session-show.ts';
import { createEmptyDirectory, openShell } from './shell.ts';

const cases: readonly (readonly [why: string, args: readonly string[], sentence: RegExp])[] = [
  ['nothing at all', [], /^Usage: ostiary <command>/],
  ['an unknown command', ['dance'], /^There is no such command/],
  ['half a command', ['client'], /^Usage: ostiary client create/],
  ['an unknown option', ['keys', 'list', '--all'], /^There is no option --all here/],
  ['an option without its value', ['user', 'create', '--email'], /^--email needs a value/],
  ['an option twice', ['keys', 'list', '--json', '--json'], /^--json is given twice/],
  ['a missing option', ['user', 'create', '--password-stdin'], /^--email is missing/],
  ['a missing name', ['user', 'show'], /^EMAIL\|ID is missing/],
  ['an argument too many', ['migrate', 'now'], /^There is an argument too many/],
  [
    'two options that read standard input',
    ['user', 'create', '--email', 'a@b.example', '--password-stdin', '--claims', '-'],
    /^--password-stdin and --claims can not both read standard input/,
  ],
  [
    'a lifetime that is no number',
    [
      ...'resource create --audience https://a.example --scopes a --format jwt'.split(' '),
      '--seconds=1h',
    ],
    /^--seconds must be a whole number/,
  ],
];

describe('wrong usage', () => {
  for (const [why, args, sentence] of cases) {
    it(`is answered with 2 and the usage: ${why}`, async (t) => {
      const { run } = await openTestShell(t);

      const { out, err, exitCode } = await run(args);

      assert.equal(exitCode, 2);
      assert.match(err, sentence);
      assert.match(err, /Usage: ostiary|--help/);
      assert.equal(out, args.includes('--json') ? out : '');
    });
  }

  it('never takes a password as an argument, nor repeats one', async (t) => {
    const { run } = await openTestShell(t);

    const asOption = await run(['user', 'create', '--email', 'a@b.example', '--password=hunter-2']);
    const asWord = await run(['user', 'show', 'a@b.example', 'hunter-2', '--json']);

    assert.match(asOption.err, /use --password-stdin/);
    assert.equal(asWord.json()['error'], 'wrong_usage');
    for (const { out, err } of [asOption, asWord]) assert.doesNotMatch(out + err, /hunter-2/);
  });
});

describe('help', () => {
  it('lists all commands, and the options of each, without opening anything', async (t) => {
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

describe('an id', () => {
  for (const id of ['-eGk2QvT0mZ8Xw4LrYc7Bn', '--Gk2QvT0mZ8Xw4LrYc7Bn']) {
    it(`is taken although it begins like an option: ${id}`, () => {
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
