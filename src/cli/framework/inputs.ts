// Input of a command: standard input and the files that its options name. It is read by the process
// of the command line, so that a running server never opens a file chosen by the client.
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { AppError } from '#platform/errors.ts';
import { UsageError } from './arguments.ts';
import type { Arguments, CommandShape, Io, Print } from './command.ts';

/** The input and its framing must fit into one message of the control socket. */
const maxInputBytes = 256 * 1024;

export interface Inputs {
  readonly stdin?: string;
  /** Keyed by the path as typed. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * @param typed what the user typed on the terminal, in place of standard input
 * @throws UsageError, or AppError when an input cannot be read
 */
export async function gatherInputs(
  command: CommandShape,
  args: Arguments,
  typed?: string,
): Promise<Inputs> {
  const reading = Object.entries(command.options).filter(
    ([name, { reads }]) => reads !== undefined && args.has(name),
  );
  const paths = reading.flatMap(([name, { reads }]) =>
    reads === 'file' ? [args.required(name)] : [],
  );
  const fromStdin = reading.filter(
    ([name, { reads }]) => reads === 'stdin' || args.text(name) === '-',
  );
  if (fromStdin.length > 1) {
    const names = fromStdin.map(([name]) => `--${name}`).join(' and ');
    throw new UsageError(`${names} cannot both read standard input.`);
  }
  const files: Record<string, string> = {};
  for (const path of paths.filter((name) => name !== '-')) files[path] = await readFile(path);
  if (fromStdin.length === 0) return { files };
  return { files, stdin: typed ?? (await readText(process.stdin, 'Standard input')) };
}

/** Gives the command access to the inputs read before, and to its output. */
export function createIo(inputs: Inputs, print: Print): Io {
  const known = (text: string | undefined): string => {
    if (text === undefined)
      throw new TypeError('the command reads an input that none of its options declares');
    return text;
  };
  return {
    ...print,
    stdin: async () => known(inputs.stdin),
    file: async (path) => known(path === '-' ? inputs.stdin : inputs.files[path]),
  };
}

async function readFile(path: string): Promise<string> {
  try {
    return await readText(createReadStream(path), path);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new AppError('invalid_input', `${path} cannot be read (${code}).`, { cause });
  }
}

async function readText(stream: Readable, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of stream) {
    const bytes = chunk as Buffer; // no encoding was set
    sizeBytes += bytes.length;
    if (sizeBytes > maxInputBytes) {
      throw new AppError('too_large', `${name} is larger than ${maxInputBytes / 1024} KiB.`);
    }
    chunks.push(bytes);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new AppError('invalid_input', `${name} is not text in UTF-8.`, { cause });
  }
}
