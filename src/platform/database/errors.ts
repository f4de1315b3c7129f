// Classifies errors of PostgreSQL and of the connection to it: transient ("try again in a moment"),
// an expected constraint violation, or a bug. Also recognizes errors after which a connection is
// unusable.
import { AppError } from '#platform/errors.ts';

const retryAfterSeconds = 2;

/** SQLSTATE classes and codes after which the same request may succeed a little later. */
const passingClasses = [
  '08', // the connection
  '40', // deadlock or serialization failure; the whole transaction was rolled back
  '53', // out of connections, memory or disk
  '58', // I/O error of the server
];
const passingCodes = new Set([
  '25006', // read-only: a standby, or a demoted primary
  '25P03', // idle in a transaction for too long
  '55P03', // lock timeout
  '57014', // statement timeout
  '57P01', // the server is being shut down
  '57P02', // it has crashed
  '57P03', // it is starting up
  '57P04', // the database was dropped
  '57P05', // idle session timeout
]);

const diskFull = '53100';

/** The row that the write refers to does not exist. */
const foreignKeyViolation = '23503';

/** Messages of pg errors that carry no code. */
const lostConnection =
  /^Connection terminated|^Client (has encountered|was closed)|^Query read timeout$|^timeout e/;

/** True when the connection is unusable or leads to the wrong server. */
export function breaksConnection(error: unknown): boolean {
  const state = sqlState(error);
  if (state === undefined) return isNetworkError(error);
  return (
    state.startsWith('08') || state.startsWith('57P') || state === '25006' || state === '25P03'
  );
}

/** Messages of pg about a statement that it did not send, since the connection was closed. */
const neverSent = /^Client (has encountered|was closed)/;

/**
 * True when pg or the socket refused the statement, at least its last bytes, because the connection
 * was closed before. The server cannot have executed it: it executes complete messages, and commits
 * named statements at the Sync message, which is the last. An error of a read does not prove that.
 */
export function isUnsent(error: unknown): boolean {
  if (error instanceof Error && neverSent.test(error.message)) return true;
  return isReset(error) && memberOf(error, 'syscall') === 'write';
}

/** True when the server announced that it closed the connection; what it sent before has arrived. */
export function isAnnouncedEnd(error: unknown): boolean {
  const state = sqlState(error);
  return state === '57P01' || state === '57P05';
}

/** True when the server closed the connection; what it executed before is unknown. */
export function isClosedConnection(error: unknown): boolean {
  if (sqlState(error) !== undefined) return isAnnouncedEnd(error);
  const isTerminated = error instanceof Error && error.message.startsWith('Connection terminated');
  return isReset(error) || isTerminated;
}

function isReset(error: unknown): boolean {
  const code = memberOf(error, 'code');
  return code === 'EPIPE' || code === 'ECONNRESET';
}

/** True when the server has no disk space for a write; statements that need none still succeed. */
export function isDiskFull(error: unknown): boolean {
  return sqlState(error) === diskFull;
}

/** Returns an AppError if the operation may succeed later, otherwise the error itself. */
export function presentPostgresError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const state = sqlState(error);
  if (state === foreignKeyViolation) return parentDeleted(error);
  const passing =
    state === undefined
      ? isNetworkError(error)
      : passingCodes.has(state) || passingClasses.includes(state.slice(0, 2));
  return passing ? storeUnavailable(error) : error;
}

export function storeUnavailable(cause: unknown): AppError {
  const message = 'The database cannot be reached at the moment. Please try again shortly.';
  return new AppError('store_unavailable', message, { cause, retryAfterSeconds });
}

/** Every id that a request writes was read before, so its row was deleted by another request. */
function parentDeleted(cause: unknown): AppError {
  return new AppError('conflict', 'The account or client was deleted meanwhile.', { cause });
}

/** True for a unique violation; `constraint` is the name of the constraint in PostgreSQL. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (sqlState(error) !== '23505') return false;
  return constraint === undefined || memberOf(error, 'constraint') === constraint;
}

/**
 * The five-character SQLSTATE of a server error. `EPIPE` also has five characters, but no severity.
 */
function sqlState(error: unknown): string | undefined {
  const code = memberOf(error, 'code');
  return memberOf(error, 'severity') === undefined ? undefined : code;
}

function isNetworkError(error: unknown): boolean {
  const code = memberOf(error, 'code');
  const fromSystem = code !== undefined && memberOf(error, 'syscall') !== undefined;
  return fromSystem || (error instanceof Error && lostConnection.test(error.message));
}

function memberOf(error: unknown, name: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : undefined;
}
