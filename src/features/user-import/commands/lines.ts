// The lines of an import, one at a time, however long the file is. What stands in them is
// features/user-import/import-record.ts.
import type { Readable } from 'node:stream';

/** Ten times what a record with every claim takes. */
export const longestLineBytes = 64 * 1024;

export interface Line {
  /** From 1, as editors count. */
  readonly number: number;
  /** Of the file, up to and with this line. */
  readonly endBytes: number;
  /** As it stands in the file, without its ending; `undefined`: longer than may be. */
  readonly bytes: Buffer | undefined;
}

const newline = 0x0a;
const carriageReturn = 0x0d;

/** Every line, empty ones too. A byte order mark at the beginning is no part of the first. */
export async function* readLines(stream: Readable): AsyncGenerator<Line> {
  const collecting = createCollector();
  let [number, endBytes] = [1, 0];
  for await (const chunk of stream) {
    let rest = chunk as Buffer; // no encoding was set
    for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
      collecting.add(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      endBytes += collecting.sizeBytes() + 1;
      yield { number, endBytes, bytes: finish(collecting.take(), number) };
      number += 1;
    }
    collecting.add(rest);
  }
  if (collecting.sizeBytes() === 0) return;
  endBytes += collecting.sizeBytes();
  yield { number, endBytes, bytes: finish(collecting.take(), number) };
}

/** Parts of a line; once it is too long, they are counted and not kept. */
function createCollector() {
  let [parts, sizeBytes]: [Buffer[], number] = [[], 0];
  return {
    sizeBytes: () => sizeBytes,
    add(part: Buffer): void {
      sizeBytes += part.length;
      // The ending of a line is let go later.
      if (sizeBytes > longestLineBytes + 1) parts = [];
      else parts.push(part);
    },
    take(): Buffer | undefined {
      const isKept = sizeBytes <= longestLineBytes + 1;
      const line = isKept ? Buffer.concat(parts) : undefined;
      [parts, sizeBytes] = [[], 0];
      return line;
    },
  };
}

function finish(line: Buffer | undefined, number: number): Buffer | undefined {
  if (!line) return undefined;
  const start = number === 1 && line.indexOf('\uFEFF') === 0 ? 3 : 0;
  const end = line.at(-1) === carriageReturn ? line.length - 1 : line.length;
  const bytes = line.subarray(start, Math.max(start, end));
  return bytes.length <= longestLineBytes ? bytes : undefined;
}

/** `undefined`: not UTF-8. */
export function decodeLine(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
