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
      try {
        return await askLine(question, createSilence());
      } finally {
        process.stderr.write('\n');
      }
    },
  };
}

function createSilence(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

/** @param echo receives what the user types */
async function askLine(question: string, echo: NodeJS.WritableStream): Promise<string> {
  // The readline interface switches off the terminal's echo. The question is printed afterwards, so that an
  // answer typed or pasted at once is not shown.
  const reader = createInterface({ input: process.stdin, output: echo, terminal: true });
  process.stderr.write(question);
  const { promise: closed, reject } = Promise.withResolvers<never>();
  reader.on('SIGINT', () => reader.close());
  reader.on('close', () => reject(new AppError('invalid_input', 'There was no answer.')));
  try {
    return await Promise.race([reader.question(''), closed]);
  } finally {
    closed.catch(() => undefined);
    reader.close();
  }
}
