// One JSON line per event on standard error. Only fields that are known to be harmless get through.
// What is worth a line is left to the caller; what must be provable later, to the audit store.
import { pino, stdTimeFunctions } from 'pino';
import { createLogDestination } from './log-destination.ts';
import { maskText, presentFields } from './log-fields.ts';

/** `event` is a `thing.happened`; the other fields are named in log-fields.ts. */
export interface LogFields {
  readonly event: string;
  /** Whatever was thrown: its type, code, masked message and stack are written. */
  readonly err?: unknown;
  readonly [field: string]: unknown;
}

type Write = (fields: LogFields, sentence: string) => void;

export interface Log {
  readonly trace: Write;
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  readonly fatal: Write;
  /** A log that adds these fields to every line, for example the request id. */
  child(fields: Readonly<Record<string, unknown>>): Log;
  /** Writes out what is still in memory; for the last moment of a process. */
  flush(): void;
}

interface LogOptions {
  readonly level: string;
  /** Where lines go instead of standard error. */
  readonly destination?: { write(line: string): void };
}

export function createLog({ level, destination }: LogOptions): Log {
  const standardError = destination ? undefined : openStandardError();
  const formatters = { level: (label: string) => ({ level: label }) };
  // Errors are presented before pino sees them; its own way would take them for errors again.
  const serializers = { err: (presented: unknown) => presented };
  const options = { level, base: { pid: process.pid }, timestamp: stdTimeFunctions.isoTime };
  const writer = pino({ ...options, formatters, serializers }, destination ?? standardError);
  return wrap(writer, {}, () => standardError?.flush());
}

/** @param shared are in every line: every request has some, and a child of pino costs more */
function wrap(writer: pino.Logger, shared: Record<string, unknown>, flush: () => void): Log {
  const writeAt =
    (level: pino.Level): Write =>
    (fields, sentence) => {
      if (!writer.isLevelEnabled(level)) return;
      writer[level]({ ...shared, ...presentFields(fields) }, maskText(sentence));
    };
  return {
    trace: writeAt('trace'),
    debug: writeAt('debug'),
    info: writeAt('info'),
    warn: writeAt('warn'),
    error: writeAt('error'),
    fatal: writeAt('fatal'),
    child: (fields) => wrap(writer, { ...shared, ...presentFields(fields) }, flush),
    flush,
  };
}

/** The last lines of a process are written even when it ends by process.exit. */
function openStandardError() {
  const standardError = createLogDestination(2);
  process.once('exit', () => standardError.flush());
  return standardError;
}
