// Unit: the help of the command line.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeCommands } from '#cli/framework/help.ts';
import { createPaint } from '#cli/framework/terminal/paint.ts';
import { processCommands } from '#cli/process-commands.ts';
import { dataCommands } from '#cli/registry.ts';

const commands = [...processCommands, ...dataCommands];

describe('ostiary --help', () => {
  it('lists each command once, except the internal ones', () => {
    const lines = describeCommands(commands, createPaint(false)).split('\n');

    const listed = commands.map(({ name, operand, summary }) => ({
      name,
      lines: lines.filter((line) => {
        const usage = operand === undefined ? name : `${name} ${operand}`;
        return line.startsWith(`  ${usage} `) && line.trimEnd().endsWith(summary);
      }).length,
    }));

    const expected = commands.map(({ name, isInternal }) => ({ name, lines: isInternal ? 0 : 1 }));
    assert.deepEqual(listed, expected);
  });
});
