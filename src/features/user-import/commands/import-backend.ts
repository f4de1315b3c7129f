// Gives an import access to the data: over connections of this process, or through the server that
// holds the embedded database.
import type { Print } from '#cli/framework/command.ts';
import { openContext, runAtData, type DataConnection } from '#cli/run-command.ts';
import { runRemotely } from '#cli/remote.ts';
import { AppError } from '#platform/errors.ts';
import type { Config } from '#config/config.ts';
import type { ImportRecord } from '#features/user-import/import-record.ts';
import type { ImportCounts, ImportOutcome } from '#features/user-import/user-import.service.ts';

/** A record with the line it was read from, because the server parses the line again. */
export interface ReadLine {
  readonly text: string;
  readonly record: ImportRecord;
}

export interface ImportBackend {
  /** @returns the id of the run */
  begin(): Promise<string>;
  look(lines: readonly ReadLine[]): Promise<readonly ImportOutcome[]>;
  take(run: string, lines: readonly ReadLine[]): Promise<readonly ImportOutcome[]>;
  end(run: string, counts: ImportCounts): Promise<void>;
  close(): Promise<void>;
}

export function openBackend(
  opening: DataConnection,
  print: Pick<Print, 'err'>,
): Promise<ImportBackend> {
  return runAtData(opening.config, print, {
    here: () => openHere(opening),
    inServer: () => openInServer(opening.config),
  });
}

async function openHere(opening: DataConnection): Promise<ImportBackend> {
  const { context, close } = await openContext(opening);
  const { userImporter } = context;
  const recordsOf = (lines: readonly ReadLine[]) => lines.map(({ record }) => record);
  return {
    begin: () => userImporter.begin(),
    look: (lines) => userImporter.look(recordsOf(lines)),
    take: (run, lines) => userImporter.take(run, recordsOf(lines)),
    end: (run, counts) => userImporter.end(run, counts),
    close,
  };
}

/** `undefined`: no server is running. */
async function openInServer({ dataDirectory }: Config): Promise<ImportBackend | undefined> {
  const ask = async (step: string, run?: string, stdin?: string): Promise<unknown> => {
    const argv = ['user', 'import-part', '--json', '--step', step, ...(run ? ['--run', run] : [])];
    const inputs = stdin === undefined ? { files: {} } : { files: {}, stdin };
    const words = stdin === undefined ? argv : [...argv, '--lines'];
    const reply = await runRemotely(dataDirectory, { argv: words, inputs }, async () => {});
    if (!reply) return undefined;
    if (reply.exitCode === 0) return JSON.parse(reply.out);
    throw new AppError('conflict', reply.err.trim());
  };
  const textOf = (lines: readonly ReadLine[]) => lines.map(({ text }) => text).join('\n');
  // Writes nothing: only checks whether a server is running.
  const isThere = await ask('look', undefined, '{"email":"nobody@example.invalid"}');
  if (isThere === undefined) return undefined;
  return {
    begin: async () => readRun(await ask('begin')),
    look: async (lines) => readOutcomes(await ask('look', undefined, textOf(lines))),
    take: async (run, lines) => readOutcomes(await ask('take', run, textOf(lines))),
    async end(run, counts) {
      if ((await ask('end', run, JSON.stringify(counts))) === undefined) throw stopped();
    },
    close: async () => {},
  };
}

function readRun(reply: unknown): string {
  const run = memberOf(reply, 'run');
  if (typeof run === 'string') return run;
  throw stopped();
}

function readOutcomes(reply: unknown): readonly ImportOutcome[] {
  const outcomes = memberOf(reply, 'outcomes');
  if (Array.isArray(outcomes)) return outcomes as ImportOutcome[]; // user-import-part.ts has written them
  throw stopped();
}

function memberOf(value: unknown, name: string): unknown {
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return members.find(([member]) => member === name)?.[1];
}

function stopped(): AppError {
  return new AppError(
    'store_unavailable',
    'The running server has stopped. The same command goes on where it was.',
  );
}
