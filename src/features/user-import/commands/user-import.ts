// `user import`: imports users from another system, with their password hashes. The file is read in
// this process, wherever the database is.
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { ProcessCommand, ProcessContext } from '#cli/framework/context.ts';
import type { ImportReport } from './run-import.ts';
import type { Answer, Arguments, Io } from '#cli/framework/command.ts';
import { AppError } from '#platform/errors.ts';
import { createLog } from '#platform/logging/log.ts';

/** Number of line ranges in the text output; the JSON document contains more. */
const maxNamed = 20;
const readAtOnceBytes = 256 * 1024;

export const userImport: ProcessCommand = {
  name: 'user import',
  summary: 'Import users from another system, with their password hashes.',
  operand: 'FILE|-',
  options: {
    'dry-run': { meaning: 'Validate the file without writing anything' },
    faults: {
      value: 'FILE',
      meaning: 'Write refused lines to this file, for correction and reimport',
    },
  },
  async run(context, args, io) {
    const source = await openSource(args.operand);
    try {
      return await importFrom(source, context, args, io);
    } finally {
      source.stream.destroy();
    }
  },
};

interface Source {
  readonly stream: Readable;
  /** `undefined`: unknown, as for standard input. */
  readonly totalBytes: number | undefined;
}

/** The server code is loaded only here, so that help remains fast. */
async function importFrom(
  { stream, totalBytes }: Source,
  { env, now, readConfig }: ProcessContext,
  args: Arguments,
  io: Io,
): Promise<Answer> {
  const config = readConfig();
  const log = createLog({ level: env['LOG_LEVEL'] ? config.logLevel : 'error' });
  const [{ openBackend }, { runImport }, { openFaultsFile }, { createProgress }] =
    await Promise.all([
      import('./import-backend.ts'),
      import('./run-import.ts'),
      import('./rejected-lines-file.ts'),
      import('./progress.ts'),
    ]);
  const path = args.text('faults');
  const faultsFile = path === undefined ? undefined : await openFaultsFile(path, args.operand);
  const kind = chooseProgress(args);
  const progress = createProgress({ err: io.err, kind, totalBytes, now });
  const isDryRun = args.has('dry-run');
  const guard = await openBackend({ config, log, now }, io);
  try {
    const report = await runImport({ stream, guard, isDryRun, faultsFile, progress, now });
    return answer(report, isDryRun, path);
  } catch (error) {
    progress.say('The import has stopped. The same command goes on where it was.');
    throw error;
  } finally {
    progress.finish();
    await Promise.all([guard.close(), faultsFile?.close()]);
  }
}

function chooseProgress(args: Arguments): 'bar' | 'lines' | 'none' {
  if (args.has('json')) return 'none';
  return process.stderr.isTTY ? 'bar' : 'lines';
}

async function openSource(path: string): Promise<Source> {
  if (path === '-') return { stream: process.stdin, totalBytes: undefined };
  const file = await openFile(path);
  const found = await file.stat();
  const stream = file.createReadStream({ highWaterMark: readAtOnceBytes });
  return { stream, totalBytes: found.isFile() ? found.size : undefined };
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, constants.O_RDONLY);
    if (!(await file.stat()).isDirectory()) return file;
    await file.close();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new AppError('invalid_input', `${path} cannot be read (${code}).`, { cause });
  }
  throw new AppError('invalid_input', `${path} is a directory.`);
}

function answer(report: ImportReport, isDryRun: boolean, faultsPath: string | undefined): Answer {
  const { existsLines, ...counts } = report;
  return {
    document: { ...counts, dry_run: isDryRun, exists_lines: existsLines },
    text: describe(report, isDryRun, faultsPath),
    exitCode: report.refused > 0 ? 5 : 0,
  };
}

function describe(
  { lines, imported, exists, existsLines, refused }: ImportReport,
  isDryRun: boolean,
  faultsPath: string | undefined,
): string {
  const done = isDryRun ? 'would be imported' : 'imported';
  const named = existsLines.slice(0, maxNamed).join(', ');
  const more = existsLines.length > maxNamed ? ', ...' : '';
  const sentences = [
    `${count(lines)} lines: ${count(imported)} ${done}, ${count(exists)} there already, ${count(refused)} refused.`,
    ...(exists > 0 ? [`Already existing and left unchanged: lines ${named}${more}.`] : []),
    ...(refused > 0 && faultsPath !== undefined ? [`Refused lines are in ${faultsPath}.`] : []),
    ...(isDryRun ? ['Nothing was written.'] : []),
  ];
  return `${sentences.join('\n')}\n`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
