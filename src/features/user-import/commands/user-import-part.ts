// `user import-part`: the requests of `user import` to a server that holds the embedded database,
// several hundred lines at a time. Internal; the file is read by the process of the command line.
import { AppError } from '#platform/errors.ts';
import type { Command } from '#cli/framework/command.ts';
import type { UserImport } from '#features/user-import/user-import.service.ts';
import type { Arguments } from '#cli/framework/command.ts';
import { readJson } from '#cli/framework/json.ts';

interface Needs {
  readonly userImporter: UserImport;
  readonly now: () => Date;
}

export const userImportPart: Command<Needs> = {
  name: 'user import-part',
  summary: 'Internal part of user import.',
  isInternal: true,
  options: {
    step: { value: 'STEP', isRequired: true, meaning: 'One of begin, look, take, end' },
    run: { value: 'ID', meaning: 'Id of the import' },
    lines: { reads: 'stdin', meaning: 'Read lines, or the counts, from standard input' },
  },
  async run({ userImporter, now }, args, io) {
    const step = args.required('step');
    if (step === 'begin') return answer({ run: await userImporter.begin() });
    const input = await io.stdin();
    if (step === 'end') {
      await userImporter.end(readRun(args), readCounts(readJson(input, 'The counts')));
      return answer({});
    }
    const records = await readRecords(input, now());
    if (step === 'look') return answer({ outcomes: await userImporter.look(records) });
    return answer({ outcomes: await userImporter.take(readRun(args), records) });
  },
};

function answer(document: object) {
  return { document, text: '' };
}

/** The command line has validated the lines, so an invalid line here is a bug. */
async function readRecords(input: string, at: Date) {
  const { createRecordReader } = await import('#features/user-import/import-record.ts');
  const readRecord = createRecordReader();
  return input.split('\n').map((line) => {
    const reading = readRecord(line, at);
    if (reading.ok) return reading.record;
    throw new AppError('invalid_input', reading.reason);
  });
}

function readRun(args: Arguments): string {
  const run = args.required('run');
  if (/^[0-9a-f-]{36}$/.test(run)) return run;
  throw new AppError('invalid_input', '--run must be the id of an import.');
}

function readCounts(value: unknown) {
  const counts = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const read = (name: string): number => {
    const count: unknown = counts.find(([member]) => member === name)?.[1];
    if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count;
    throw new AppError('invalid_input', 'The counts must be whole numbers.');
  };
  return { imported: read('imported'), exists: read('exists'), refused: read('refused') };
}
