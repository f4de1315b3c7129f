import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { divide } from '#test/support/runner/processes.ts';

const names = (folder: string, count: number) =>
  Array.from({ length: count }, (_, at) => `test/${folder}/${at}.test.ts`);

describe('divide', () => {
  it('puts every file into one process, in order, and at most twelve into each', () => {
    const files = [...names('browser', 15), ...names('integration/tokens', 30)];

    const processes = divide(files, 3);

    assert.deepEqual(processes.flat(), files);
    assert.deepEqual(
      processes.map(({ length }) => length),
      [12, 12, 12, 9],
    );
  });

  it('gives a separate process to a file that starts nodes or measures memory', () => {
    const single = ['test/faults/a.test.ts', 'test/integration/platform/memory-bounds.test.ts'];
    const files = [...single, ...names('unit', 6)];

    assert.deepEqual(
      divide(files, 3).filter(({ length }) => length === 1),
      single.map((file) => [file]),
    );
  });

  it('runs a few files at the same time rather than in one process', () => {
    const files = names('integration/tokens', 3);

    assert.deepEqual(
      divide(files, 3),
      files.map((file) => [file]),
    );
  });
});
