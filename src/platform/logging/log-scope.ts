// The log's knowledge of the current request: the fields of each line, and the user and client concerned.
// With an override for one user, client or route, lines are kept here until it is known whether the override
// applies.
import { createRequestSlot } from '#platform/request/request-scope.ts';
import { matchesRoute, type LogFilter } from './log-overrides.ts';

/** Maximum number of lines kept per request; later ones are dropped. */
const maxKeptLines = 200;

type Fields = Readonly<Record<string, unknown>>;

export interface LogScope {
  fields: Fields;
  /** `user <id>` and `client <id>`. */
  readonly subjects: Set<string>;
  /** Method and route pattern, known once the request has been answered. */
  route?: string;
  kept: string[];
}

const slot = createRequestSlot<LogScope>('log');

/** Returns the scope of the current request; `undefined` outside requests. */
export function currentLogScope(): LogScope | undefined {
  return slot.get();
}

/** Opens the scope of a request, inside its request scope. */
export function openLogScope(): LogScope {
  const scope: LogScope = slot.get() ?? { fields: {}, subjects: new Set(), kept: [] };
  slot.set(scope);
  return scope;
}

/** Adds fields to each later line of the request. */
export function addLogFields(fields: Fields): void {
  const scope = slot.get();
  if (scope) scope.fields = { ...scope.fields, ...fields };
}

/** Notes that the request concerns this user and client. */
export function noteLogSubject({
  userId,
  clientId,
}: {
  readonly userId?: string | undefined;
  readonly clientId?: string | undefined;
}): void {
  const scope = slot.get();
  if (!scope) return;
  if (userId !== undefined) scope.subjects.add(subjectOf('user', userId));
  if (clientId !== undefined) scope.subjects.add(subjectOf('client', clientId));
}

export function isConcerned(scope: LogScope, { by, value }: LogFilter): boolean {
  if (by !== 'route') return scope.subjects.has(subjectOf(by, value));
  return scope.route !== undefined && matchesRoute(value, scope.route);
}

export function keepLine(scope: LogScope, line: string): void {
  if (scope.kept.length < maxKeptLines) scope.kept.push(line);
}

/** Returns the lines that the request has kept, and forgets them. */
export function takeKeptLines(scope: LogScope): readonly string[] {
  const { kept } = scope;
  scope.kept = [];
  return kept;
}

function subjectOf(by: 'user' | 'client', id: string): string {
  return `${by} ${id}`;
}
