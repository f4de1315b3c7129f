// Brings lines to a file descriptor without ever making a request wait. A reader that has stopped
// or a full disk costs lines, which are counted; what must not be lost is in the audit store.
import { write as writeFile, writeSync } from 'node:fs';

/** Characters that may wait for a slow reader. */
const longestBacklog = 4 * 1024 * 1024;
const retryMs = 100;
/** Lines of so many milliseconds are written together: every write wakes a thread. */
const gatherMs = 20;

export function createLogDestination(fd: number) {
  let waiting: string[] = [];
  let waitingLength = 0;
  let isWriting = false;
  let dropped = 0;

  function writeNext(): void {
    if (dropped > 0) noteDropped();
    const chunk = Buffer.from(takeWaiting());
    if (chunk.length > 0) writeChunk(chunk);
    else isWriting = false;
  }

  /** One write at a time, so that lines keep their order and at most one thread is ever stuck. */
  function writeChunk(chunk: Buffer): void {
    writeFile(fd, chunk, (error, written) => {
      if (error?.code === 'EAGAIN') return void setTimeout(() => writeChunk(chunk), retryMs);
      if (error) dropped += countLines(chunk);
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

  /** Only beside other lines: on a full disk, a note about lost lines must not cause the next one. */
  function noteDropped(): void {
    if (waiting.length === 0) return;
    waiting.push(`${JSON.stringify({ level: 'warn', event: 'log.dropped', count: dropped })}\n`);
    dropped = 0;
  }

  return {
    write(line: string): void {
      if (waitingLength + line.length > longestBacklog) {
        dropped += 1;
        return;
      }
      waiting.push(line);
      waitingLength += line.length;
      if (isWriting) return;
      isWriting = true;
      setTimeout(writeNext, gatherMs);
    },

    /**
     * Writes what waits, at once: for the last moment of a process. Behind a reader that has
     * stopped this does not return; nor does process.exit, which waits for the write under way.
     */
    flush(): void {
      try {
        writeSync(fd, takeWaiting());
      } catch {
        dropped += 1; // There is nobody left to tell.
      }
    },
  };
}

function countLines(chunk: Buffer): number {
  return chunk.toString('latin1').split('\n').length - 1;
}
