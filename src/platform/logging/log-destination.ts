// Writes lines to a file descriptor without blocking requests. A stalled reader or a full disk
// loses lines, which are counted; events that must not be lost are in the audit log.
import { write as writeFile, writeSync } from 'node:fs';

/** Maximum number of buffered characters while the reader is slow. */
const maxBacklogLength = 4 * 1024 * 1024;
const retryMs = 100;
/** Lines are batched for this many milliseconds, because every write occupies a thread. */
const gatherMs = 20;

/** The lines that the destination has not accepted since the process started. */
export interface LogBacklog {
  /** Number of lines that could not be written. */
  readonly droppedLines: number;
  /** Number of characters that wait to be written, which grows while the reader is stalled. */
  readonly waitingCharacters: number;
}

export const noBacklog: LogBacklog = { droppedLines: 0, waitingCharacters: 0 };

/** @param describeLoss returns the line that reports how many lines were dropped */
export function createLogDestination(
  fd: number,
  describeLoss: (count: number) => string = describeAsJson,
) {
  let waiting: string[] = [];
  let waitingLength = 0;
  let isWriting = false;
  /** Number of dropped lines that the log has not reported yet. */
  let dropped = 0;
  let droppedLines = 0;

  function noteLoss(count: number): void {
    dropped += count;
    droppedLines += count;
  }

  function writeNext(): void {
    if (dropped > 0) noteDropped();
    const chunk = Buffer.from(takeWaiting());
    if (chunk.length > 0) writeChunk(chunk);
    else isWriting = false;
  }

  /** One write at a time, so that lines keep their order and at most one thread is blocked. */
  function writeChunk(chunk: Buffer): void {
    writeFile(fd, chunk, (error, written) => {
      if (error?.code === 'EAGAIN') return void setTimeout(() => writeChunk(chunk), retryMs);
      if (error) noteLoss(countLines(chunk));
      if (!error && written < chunk.length) return writeChunk(chunk.subarray(written));
      setTimeout(writeNext, gatherMs);
    });
  }

  function takeWaiting(): string {
    const text = waiting.join('');
    waiting = [];
    waitingLength = 0;
    return text;
  }

  /**
   * Written only together with other lines: on a full disk, a line about dropped lines must not
   * cause the next one.
   */
  function noteDropped(): void {
    if (waiting.length === 0) return;
    waiting.push(describeLoss(dropped));
    dropped = 0;
  }

  return {
    write(line: string): void {
      if (waitingLength + line.length > maxBacklogLength) {
        noteLoss(1);
        return;
      }
      waiting.push(line);
      waitingLength += line.length;
      if (isWriting) return;
      isWriting = true;
      setTimeout(writeNext, gatherMs);
    },

    backlog: (): LogBacklog => ({ droppedLines, waitingCharacters: waitingLength }),

    /**
     * Writes the buffer synchronously, before the process exits. It blocks while the reader is
     * stalled, and so does process.exit, which waits for the pending write.
     */
    flush(): void {
      try {
        writeSync(fd, takeWaiting());
      } catch {
        noteLoss(1); // Nothing can be written, so the loss can only be counted.
      }
    },
  };
}

function describeAsJson(count: number): string {
  return `${JSON.stringify({ level: 'warn', event: 'log.dropped', count })}\n`;
}

function countLines(chunk: Buffer): number {
  return chunk.toString('latin1').split('\n').length - 1;
}
