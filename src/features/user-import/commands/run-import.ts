// Runs an import from the first line to the last: reads, validates, submits batches and counts.
// Memory use is bounded by one batch and 24 bytes per address and id.
import type { Readable } from 'node:stream';
import { isAppError } from '#platform/errors.ts';
import { checkJson } from '#platform/strict-json.ts';
import { createRecordReader, type ImportRecord } from '#features/user-import/import-record.ts';
import type { ImportOutcome } from '#features/user-import/user-import.service.ts';
import type { ImportBackend, ReadLine } from './import-backend.ts';
import type { Fault, FaultsFile } from './rejected-lines-file.ts';
import { decodeLine, maxLineBytes, readLines, type Line } from './lines.ts';
import type { Progress } from './progress.ts';
import { createRanges } from './line-ranges.ts';
import { createSeenKeys, type SeenKeys } from './seen-keys.ts';

/** Records per statement, which takes some ten milliseconds. */
const batchUsers = 500;
/** A batch must fit into one message of the control socket. */
const batchBytes = 192 * 1024;
/** Faults listed in the JSON document; the terminal output and the file contain all of them. */
const maxListedFaults = 1000;

export interface ImportRun {
  readonly stream: Readable;
  readonly guard: ImportBackend;
  readonly isDryRun: boolean;
  readonly faultsFile: FaultsFile | undefined;
  readonly progress: Progress;
  readonly now: () => Date;
}

interface Checked extends ReadLine {
  readonly line: number;
  readonly bytes: Buffer;
}

interface Batch {
  readonly checked: Checked[];
  readonly faults: Fault[];
  sizeBytes: number;
}

export interface ImportReport {
  readonly run: string | null;
  readonly lines: number;
  readonly comments: number;
  readonly imported: number;
  readonly exists: number;
  /** Ranges such as `3` and `7-12`. */
  readonly existsLines: readonly string[];
  readonly refused: number;
  readonly faults: readonly { readonly line: number; readonly reason: string }[];
}

export async function runImport(order: ImportRun): Promise<ImportReport> {
  const { stream, guard, isDryRun, now } = order;
  const run = isDryRun ? undefined : await guard.begin();
  const check = createCheck();
  const tally = createTally();
  let batch = newBatch();
  for await (const line of readLines(stream)) {
    tally.noteLine(line);
    const checked = check(line, now());
    if (checked === 'empty') continue;
    if (checked === 'comment') tally.noteComment();
    else addTo(batch, checked);
    if (isFull(batch)) {
      await handOver(batch, run, order, tally);
      batch = newBatch();
    }
  }
  await handOver(batch, run, order, tally);
  order.progress.finish();
  const report = tally.report(run);
  const { imported, exists, refused } = report;
  if (run !== undefined) await guard.end(run, { imported, exists, refused });
  return report;
}

function newBatch(): Batch {
  return { checked: [], faults: [], sizeBytes: 0 };
}

function addTo(batch: Batch, line: Checked | Fault): void {
  if ('record' in line) batch.checked.push(line);
  else batch.faults.push(line);
  batch.sizeBytes += line.bytes?.length ?? 0;
}

function isFull({ checked, faults, sizeBytes }: Batch): boolean {
  const isLarge = sizeBytes >= batchBytes - maxLineBytes;
  return isLarge || checked.length + faults.length >= batchUsers;
}

/** Validates lines in order: an address or id of an earlier line must not occur again. */
function createCheck() {
  const readRecord = createRecordReader();
  const seen = createSeenKeys();
  return ({ number: line, bytes }: Line, at: Date): Checked | Fault | 'empty' | 'comment' => {
    const refuse = (reason: string): Fault => ({ line, reason, bytes });
    if (!bytes) return refuse(`The line is longer than ${maxLineBytes / 1024} KiB.`);
    if (bytes[0] === 0x23) return 'comment';
    const text = decodeLine(bytes);
    if (text === undefined) return refuse('The line is not text in UTF-8.');
    if (text.trim() === '') return 'empty';
    const oddity = findOddity(text);
    if (oddity !== undefined) return refuse(oddity);
    const reading = readRecord(text, at);
    if (!reading.ok) return refuse(reading.reason);
    const { record } = reading;
    const twin = findTwin(seen, record, line);
    return twin === undefined ? { line, bytes, text, record } : refuse(twin);
  };
}

/** For example a duplicate member, whose value would be ambiguous. */
function findOddity(text: string): string | undefined {
  try {
    checkJson(text);
    return undefined;
  } catch (error) {
    if (isAppError(error, 'invalid_input')) return error.message;
    throw error;
  }
}

function findTwin(seen: SeenKeys, { id, emailKey }: ImportRecord, line: number) {
  const byEmail = seen.note(`email ${emailKey}`, line);
  if (byEmail !== undefined) return `Line ${byEmail} already has this email address.`;
  const byId = id === undefined ? undefined : seen.note(`id ${id}`, line);
  return byId === undefined ? undefined : `Line ${byId} has this "id" already.`;
}

const idFaults: Readonly<Partial<Record<ImportOutcome, string>>> = {
  id_taken: 'Another account has this "id".',
  id_deleted: 'The account with this "id" was deleted, and ids are never reused.',
};

async function handOver(
  { checked, faults }: Batch,
  run: string | undefined,
  { guard, faultsFile, progress }: ImportRun,
  tally: Results,
): Promise<void> {
  const outcomes = await ask(guard, run, checked);
  const refused = checked.flatMap(({ line, bytes }, place) => {
    const reason = idFaults[outcomes[place] ?? 'imported'];
    return reason === undefined ? [] : [{ line, reason, bytes }];
  });
  const all = [...faults, ...refused].toSorted((a, b) => a.line - b.line);
  for (const { line, reason } of all) progress.say(`line ${line}: ${reason}`);
  await faultsFile?.add(all);
  tally.noteBatch(checked, outcomes, all);
  progress.show(tally.position());
}

async function ask(
  guard: ImportBackend,
  run: string | undefined,
  checked: readonly Checked[],
): Promise<readonly ImportOutcome[]> {
  if (checked.length === 0) return [];
  return run === undefined ? guard.look(checked) : guard.take(run, checked);
}

type Results = ReturnType<typeof createTally>;

function createTally() {
  const existing = createRanges();
  const listed: { line: number; reason: string }[] = [];
  const counts = { lines: 0, bytes: 0, comments: 0, imported: 0, exists: 0, refused: 0 };
  return {
    noteLine({ number, endBytes }: Line): void {
      [counts.lines, counts.bytes] = [number, endBytes];
    },
    noteComment(): void {
      counts.comments += 1;
    },
    noteBatch(
      checked: readonly Checked[],
      outcomes: readonly ImportOutcome[],
      faults: readonly Fault[],
    ): void {
      for (const [place, { line }] of checked.entries()) {
        if (outcomes[place] === 'imported') counts.imported += 1;
        if (outcomes[place] !== 'exists') continue;
        counts.exists += 1;
        existing.add(line);
      }
      counts.refused += faults.length;
      const left = Math.max(0, maxListedFaults - listed.length);
      listed.push(...faults.slice(0, left).map(({ line, reason }) => ({ line, reason })));
    },
    position: () => counts,
    report(run: string | undefined): ImportReport {
      const { bytes: _bytes, ...others } = counts;
      return { run: run ?? null, ...others, existsLines: existing.list(), faults: listed };
    },
  };
}
