// Questions to the user of a terminal, on standard error, so that standard output contains the
// result only.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { AppError } from '#platform/errors.ts';

export interface Terminal {
  ask(question: string): Promise<string>;
  /** Reads one line without echoing it. */
  askHidden(question: string): Promise<string>;
}

/** `undefined` unless a user can read questions and type answers. */
export function findTerminal(): Terminal | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  return {
    ask: (question) => askLine(question, process.stderr),
    async askHidden(question) {
      process.stderr.write(question);
      try {
        return await askLine('', createSilence());
      } finally {
        process.stderr.write('\n');
      }
    },
  };
}

function createSilence(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

async function askLine(question: string, output: NodeJS.WritableStream): Promise<string> {
  const reader = createInterface({ input: process.stdin, output, terminal: true });
  const { promise: closed, reject } = Promise.withResolvers<never>();
  reader.on('SIGINT', () => reader.close());
  reader.on('close', () => reject(new AppError('invalid_input', 'There was no answer.')));
  try {
    return await Promise.race([reader.question(question), closed]);
  } finally {
    closed.catch(() => undefined);
    reader.close();
  }
}
