// Parts of the import: reading lines in any chunks, seen keys, ranges of line numbers, the progress
// bar.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import {
  decodeLine,
  maxLineBytes,
  readLines,
  type Line,
} from '#features/user-import/commands/lines.ts';
import { createProgress } from '#features/user-import/commands/progress.ts';
import { createRanges } from '#features/user-import/commands/line-ranges.ts';
import { createSeenKeys } from '#features/user-import/commands/seen-keys.ts';

async function collect(chunks: Iterable<Buffer>): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for await (const line of readLines(Readable.from(chunks))) lines.push(line);
  return lines;
}

async function linesOf(chunks: Iterable<Buffer>): Promise<readonly (string | undefined)[]> {
  const lines = await collect(chunks);
  assert.deepEqual(
    lines.map(({ number }) => number),
    lines.map((_, place) => place + 1),
  );
  return lines.map(({ bytes }) => bytes && decodeLine(bytes));
}

function cut(bytes: Buffer, size: number): readonly Buffer[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, place) =>
    bytes.subarray(place * size, (place + 1) * size),
  );
}

describe('import lines', () => {
  const longest = 'x'.repeat(maxLineBytes);
  const text = `\uFEFFone\r\nzwölf 🦊\n\n\r\n${longest}\r\n${longest}x\nlast`;
  const expected = ['one', 'zwölf 🦊', '', '', longest, undefined, 'last'];

  for (const size of [1, 2, 3, 7, 4096, 1_000_000]) {
    it(`are the same in chunks of ${size} bytes`, async () => {
      assert.deepEqual(await linesOf(cut(Buffer.from(text), size)), expected);
    });
  }

  it('are none in an empty file, and one without a final newline', async () => {
    assert.deepEqual(await linesOf([]), []);
    assert.deepEqual(await linesOf([Buffer.from('one')]), ['one']);
    assert.deepEqual(await linesOf([Buffer.from('one\n')]), ['one']);
  });

  it('are bounded in memory without any newline', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    function* endless(): Generator<Buffer> {
      for (let count = 0; count < 200; count += 1) {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
        yield chunk;
      }
      yield Buffer.from('\nlast');
    }

    assert.deepEqual(await linesOf(endless()), [undefined, 'last']);
    assert.ok(most < 20 * chunk.length, String(most));
  });

  it('report their position in the file', async () => {
    const bytes = Buffer.from(text);

    const lines = await collect(cut(bytes, 5));

    assert.equal(lines.at(0)?.endBytes, 8);
    assert.equal(lines.at(-1)?.endBytes, bytes.length);
  });
});

describe('keys of earlier lines', () => {
  it('are found with their first line, however many there are', () => {
    const seen = createSeenKeys();
    const count = 50_000;
    for (let line = 1; line <= count; line += 1)
      assert.equal(seen.note(`key ${line}`, line), undefined);

    const again = [1, 2, 777, count].map((line) => seen.note(`key ${line}`, count + line));

    assert.deepEqual(again, [1, 2, 777, count]);
    assert.equal(seen.note('another', 3), undefined);
  });
});

describe('line number ranges', () => {
  it('are abbreviated, and truncated if there are too many', () => {
    const [few, many] = [createRanges(), createRanges()];
    for (const line of [3, 7, 8, 9, 12]) few.add(line);
    for (let line = 1; line < 5000; line += 2) many.add(line);

    assert.deepEqual(few.list(), ['3', '7-9', '12']);
    assert.equal(many.list().length, 1001);
    assert.equal(many.list().at(-1), '...');
  });
});

describe('import progress', () => {
  function watch(kind: 'bar' | 'lines' | 'none', totalBytes: number | undefined) {
    const clock = { seconds: 0 };
    const written: string[] = [];
    const now = () => new Date(clock.seconds * 1000);
    const err = (text: string) => void written.push(text);
    const progress = createProgress({ err, kind, totalBytes, now });
    return { progress, written, clock };
  }

  it('is a bar on a terminal, with messages above it', () => {
    const { progress, written, clock } = watch('bar', 1000);

    progress.show({ lines: 1, bytes: 1, refused: 0 });
    clock.seconds = 2;
    progress.show({ lines: 4000, bytes: 500, refused: 1 });
    progress.say('line 7: no good');
    progress.finish();

    const bar = `[${'#'.repeat(12)}${'.'.repeat(12)}] 4,000 lines, 50 %, 2,000/s, 1 refused`;
    assert.deepEqual(written, [
      `\r\u001b[K${bar}`,
      `\r\u001b[Kline 7: no good\n${bar}`,
      '\r\u001b[K',
    ]);
  });

  it('is a line per ten thousand records otherwise, and absent in the mode none', () => {
    const [plain, silent] = [watch('lines', undefined), watch('none', undefined)];
    for (const { progress, clock } of [plain, silent]) {
      clock.seconds = 4;
      for (const lines of [500, 10_000, 10_500, 20_000])
        progress.show({ lines, bytes: 0, refused: 0 });
      progress.say('line 7: no good');
      progress.finish();
    }

    assert.deepEqual(plain.written, [
      '10,000 lines, 2,500/s, 0 refused\n',
      '20,000 lines, 5,000/s, 0 refused\n',
      'line 7: no good\n',
    ]);
    assert.deepEqual(silent.written, ['line 7: no good\n']);
  });
});
