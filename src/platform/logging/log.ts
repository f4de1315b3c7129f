// Structured log: one JSON line per event on standard error, restricted to allowed fields. Events
// that must be provable later belong in the audit log.
import { pino, stdTimeFunctions } from 'pino';
import { createEcsOptions, type LogService } from './ecs-lines.ts';
import { createLogDestination, noBacklog, type LogBacklog } from './log-destination.ts';
import { maskText, presentFields } from './log-fields.ts';
import { createLogOverrides, type LogOverride, type LogOverrides } from './log-overrides.ts';
import { currentLogScope, isConcerned, keepLine, takeKeptLines } from './log-scope.ts';
import type { LogScope } from './log-scope.ts';
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
  /** True if a line of this level may be written; for lines that are expensive to prepare. */
  isLevelEnabled(level: Level): boolean;
  /** Returns a log that adds these fields to every line, for example the request id. */
  child(fields: Readonly<Record<string, unknown>>): Log;
  /** Adds lines below the level for some time. */
  readonly overrides: LogOverrides;
  /** Writes or forgets the lines that an answered request kept for an override. */
  settle(scope: LogScope): void;
  /** Writes buffered lines, before the process exits. */
  flush(): void;
  /** The lines that the destination has not accepted. */
  backlog(): LogBacklog;
}

export type LogFormat = 'json' | 'ecs' | 'pretty';

interface LogOptions {
  readonly level: string;
  readonly format?: LogFormat;
  /** Included in each line of the format `ecs`. */
  readonly service?: LogService;
  /** Receives the lines instead of standard error. */
  readonly destination?: LogTarget | undefined;
  /** The clock on which an override ends. */
  readonly now?: () => Date;
}

export interface LogTarget {
  write(line: string): void;
  flush?(): void;
  backlog?(): LogBacklog;
}

/** Ascending, as pino numbers them. */
const severities = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const;
type Level = keyof typeof severities;

export function createLog(options: LogOptions): Log {
  const { level, format = 'json', service, destination, now = () => new Date() } = options;
  const sink = createSink(format);
  // The level is checked here, because an override may add lines below it.
  const writer = pino({ ...formatOptions(format, service), level: 'trace' }, sink);
  const target: LogTarget =
    destination ?? openStandardError((count) => describeLoss(sink, writer, count));
  sink.open((line) => target.write(line));
  const overrides = createLogOverrides(now);
  // A level that is not listed is `silent`.
  const least = isLevel(level) ? severities[level] : Infinity;
  return wrap({ writer, sink, target, least, overrides }, {});
}

function isLevel(level: string): level is Level {
  return Object.hasOwn(severities, level);
}

function formatOptions(format: LogFormat, service: LogService | undefined): pino.LoggerOptions {
  // Errors are serialized before pino sees them; its own serializer would process them a second
  // time.
  const shared = { base: { pid: process.pid }, serializers: { err: (shown: unknown) => shown } };
  if (format === 'ecs') return { ...createEcsOptions(service), ...shared };
  const formatters = { level: (label: string) => ({ level: label }) };
  return { ...shared, timestamp: stdTimeFunctions.isoTime, formatters };
}

/** Receives pino's lines, and either passes them on or returns them. */
function createSink(format: LogFormat) {
  let emit: (line: string) => void = () => undefined;
  let captured: string | undefined;
  let isCapturing = false;
  return {
    open(to: (line: string) => void): void {
      emit = to;
    },
    emit: (line: string): void => emit(line),
    write(written: string): void {
      const line = format === 'pretty' ? formatPretty(written) : written;
      if (isCapturing) captured = line;
      else emit(line);
    },
    /** Returns the line that pino writes during the call. */
    capture(write: () => void): string {
      captured = '';
      isCapturing = true;
      write();
      isCapturing = false;
      return captured;
    },
  };
}

type Sink = ReturnType<typeof createSink>;

interface Parts {
  readonly writer: pino.Logger;
  readonly sink: Sink;
  readonly target: LogTarget;
  readonly least: number;
  readonly overrides: LogOverrides;
}

/** @param shared fields of every line; cheaper than a pino child logger per request */
function wrap(parts: Parts, shared: Record<string, unknown>): Log {
  const writeAt =
    (level: Level): Write =>
    (fields, sentence) =>
      writeLine(parts, { level, shared, fields, sentence });
  return {
    trace: writeAt('trace'),
    debug: writeAt('debug'),
    info: writeAt('info'),
    warn: writeAt('warn'),
    error: writeAt('error'),
    fatal: writeAt('fatal'),
    isLevelEnabled: (level) => mayWrite(parts, level),
    child: (fields) => wrap(parts, { ...shared, ...presentFields(fields) }),
    overrides: parts.overrides,
    settle: (scope) => settle(parts, scope),
    flush: () => parts.target.flush?.(),
    backlog: () => parts.target.backlog?.() ?? noBacklog,
  };
}

interface Line {
  readonly level: Level;
  readonly shared: Record<string, unknown>;
  readonly fields: LogFields;
  readonly sentence: string;
}

function writeLine(parts: Parts, { level, shared, fields, sentence }: Line): void {
  if (!mayWrite(parts, level)) return;
  const { writer, sink, least, overrides } = parts;
  const isRegular = severities[level] >= least;
  const override = isRegular ? undefined : overrides.active;
  const scope = currentLogScope();
  const all = { ...scope?.fields, ...shared, ...presentFields(fields) };
  const write = () => writer[level](all, maskText(sentence));
  if (scope && scope.kept.length > 0) emitKept(parts, scope, false);
  if (isRegular || isNamed(override, all) || concerns(override, scope)) return write();
  if (scope) keepLine(scope, sink.capture(write));
}

function mayWrite({ least, overrides }: Parts, level: Level): boolean {
  if (severities[level] >= least) return true;
  const override = overrides.active;
  return override !== undefined && severities[override.level] <= severities[level];
}

/** True if the override applies to every line, or to the user or client in this line. */
function isNamed(override: LogOverride | undefined, fields: Record<string, unknown>): boolean {
  const filter = override?.filter;
  if (!filter || filter.by === 'route') return filter === undefined;
  return fields[filter.by === 'user' ? 'userId' : 'clientId'] === filter.value;
}

function concerns(override: LogOverride | undefined, scope: LogScope | undefined): boolean {
  return scope !== undefined && !!override?.filter && isConcerned(scope, override.filter);
}

function settle(parts: Parts, scope: LogScope): void {
  if (scope.kept.length > 0) emitKept(parts, scope, true);
}

/** Writes the kept lines once the request is known to concern the override. */
function emitKept({ overrides, sink }: Parts, scope: LogScope, isLast: boolean): void {
  const isWanted = concerns(overrides.active, scope);
  if (!isWanted && !isLast) return;
  const lines = takeKeptLines(scope);
  if (isWanted) for (const line of lines) sink.emit(line);
}

function describeLoss(sink: Sink, writer: pino.Logger, count: number): string {
  const line = { event: 'log.dropped', count };
  return sink.capture(() => writer.warn(line, 'lines of the log were dropped'));
}

/** Flushes the last lines even when the process ends by process.exit. */
function openStandardError(describe: (count: number) => string) {
  const standardError = createLogDestination(2, describe);
  process.once('exit', () => standardError.flush());
  return standardError;
}
