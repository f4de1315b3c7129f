// Structured log: one JSON line per event on standard error, restricted to allowed fields. Events
// that must be provable later belong in the audit log.
import { pino, stdTimeFunctions } from 'pino';
import { createLogDestination } from './log-destination.ts';
import { maskText, presentFields } from './log-fields.ts';
import { formatPretty } from './pretty-lines.ts';

/** `event` has the form `object.happened`; the other fields are listed in log-fields.ts. */
export interface LogFields {
  readonly event: string;
  /** Any thrown value: its type, code, masked message and stack are written. */
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
  /** Returns a log that adds these fields to every line, for example the request id. */
  child(fields: Readonly<Record<string, unknown>>): Log;
  /** Writes buffered lines, before the process exits. */
  flush(): void;
}

interface LogOptions {
  readonly level: string;
  readonly format?: 'json' | 'pretty';
  /** Receives the lines instead of standard error. */
  readonly destination?: { write(line: string): void };
}

export function createLog({ level, format = 'json', destination }: LogOptions): Log {
  const standardError = destination ? undefined : openStandardError();
  const formatters = { level: (label: string) => ({ level: label }) };
  // Errors are serialized before pino sees them; its own serializer would process them a second
  // time.
  const serializers = { err: (presented: unknown) => presented };
  const options = { level, base: { pid: process.pid }, timestamp: stdTimeFunctions.isoTime };
  const target = destination ?? standardError;
  const lines =
    format === 'pretty' && target
      ? { write: (line: string) => target.write(formatPretty(line)) }
      : target;
  const writer = pino({ ...options, formatters, serializers }, lines);
  return wrap(writer, {}, () => standardError?.flush());
}

/** @param shared fields of every line; cheaper than a pino child logger per request */
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

/** Flushes the last lines even when the process ends by process.exit. */
function openStandardError() {
  const standardError = createLogDestination(2);
  process.once('exit', () => standardError.flush());
  return standardError;
}
