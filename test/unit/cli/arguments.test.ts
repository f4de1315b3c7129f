// Random ids of this server are base64url, so one in 64 begins with a hyphen.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readArguments, UsageError } from '#cli/framework/arguments.ts';
import type { CommandShape } from '#cli/framework/command.ts';

const command: CommandShape = {
  name: 'user remove-passkey',
  summary: 'Remove a passkey of a user',
  operand: 'EMAIL|ID',
  options: {
    passkey: { value: 'ID', meaning: 'The passkey', isRequired: true },
    yes: { meaning: 'Without a question' },
  },
};
const passkey = '-k3vNTDgq1Wl0mBcPv8bXw';
const user = '-jZ4qfOWmR0T5n1sYxkLbA';

describe('an id that begins with a hyphen', () => {
  it('is the value of the option before it', () => {
    const args = readArguments(command, ['a@b.example', '--passkey', passkey, '--yes']);

    assert.deepEqual([args.operand, args.text('passkey')], ['a@b.example', passkey]);
    assert.ok(args.has('yes'));
  });

  it('is the argument of the command', () => {
    for (const argv of [
      [user, '--passkey', passkey],
      ['--yes', '--passkey', passkey, user],
      ['--passkey=1', '--yes', user],
    ]) {
      assert.equal(readArguments(command, argv).operand, user);
    }
  });

  it('is not treated as an id if it is too short', () => {
    assert.throws(() => readArguments(command, ['a@b.example', '--passkey', '-x']), UsageError);
    assert.throws(() => readArguments(command, ['--passkey', '1', '-x']), UsageError);
  });
});
