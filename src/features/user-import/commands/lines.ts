// Reads the lines of an import as a stream, whatever the size of the file. Their content is parsed
// by features/user-import/import-record.ts.
import type { Readable } from 'node:stream';

/** Ten times the size of a record with every claim, in bytes. */
export const maxLineBytes = 64 * 1024;

export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** Position in the file after this line, in bytes. */
  readonly endBytes: number;
  /** The content without its newline; `undefined`: longer than permitted. */
  readonly bytes: Buffer | undefined;
}

const newline = 0x0a;
const carriageReturn = 0x0d;

/** Yields every line, including empty ones. A byte order mark at the beginning is skipped. */
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

/** Collects the parts of a line; once it exceeds the limit, they are counted but not kept. */
function createCollector() {
  let [parts, sizeBytes]: [Buffer[], number] = [[], 0];
  return {
    sizeBytes: () => sizeBytes,
    add(part: Buffer): void {
      sizeBytes += part.length;
      // One byte more than the limit, because the line may end with a carriage return.
      if (sizeBytes > maxLineBytes + 1) parts = [];
      else parts.push(part);
    },
    take(): Buffer | undefined {
      const isKept = sizeBytes <= maxLineBytes + 1;
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
  return bytes.length <= maxLineBytes ? bytes : undefined;
}

/** `undefined`: not valid UTF-8. */
export function decodeLine(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
