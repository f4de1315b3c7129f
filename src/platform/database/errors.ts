// What an error of PostgreSQL or of the way to it means for a request: "try again in a moment", a
// broken constraint that somebody expects, or a bug. Which of them closes the connection, too.
import { AppError } from '#platform/errors.ts';

const retryAfterSeconds = 2;

/** SQLSTATE classes and codes after which the same request may well succeed a little later. */
const passingClasses = [
  '08', // the connection
  '40', // deadlock, serialization: rolled back as a whole
  '53', // no more connections, memory or disk
  '58', // the server's own input and output
];
const passingCodes = new Set([
  '25006', // read-only: a standby, or a primary that was just demoted
  '25P03', // idle in a transaction for too long
  '55P03', // a lock was not to be had in time
  '57014', // statement timeout
  '57P01', // the server is being shut down
  '57P02', // it has crashed
  '57P03', // it is starting up
  '57P04', // the database was dropped
  '57P05', // idle session timeout
]);

/** Messages of pg that carry no code. */
const lostConnection =
  /^Connection terminated|^Client (has encountered|was closed)|^Query read timeout$|^timeout e/;

/** True when the error says that this connection is no good any more, or leads to the wrong server. */
export function breaksConnection(error: unknown): boolean {
  const state = sqlState(error);
  if (state === undefined) return isNetworkError(error);
  return (
    state.startsWith('08') || state.startsWith('57P') || state === '25006' || state === '25P03'
  );
}

/** The error to pass on: an AppError where waiting a moment helps, else the error itself. */
export function presentPostgresError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const state = sqlState(error);
  const passing =
    state === undefined
      ? isNetworkError(error)
      : passingCodes.has(state) || passingClasses.includes(state.slice(0, 2));
  return passing ? storeUnavailable(error) : error;
}

export function storeUnavailable(cause: unknown): AppError {
  const message = 'The database can not be reached at the moment. Please try again shortly.';
  return new AppError('store_unavailable', message, { cause, retryAfterSeconds });
}

/** True for a row that was there already; `constraint` is the name PostgreSQL gave to the rule. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (sqlState(error) !== '23505') return false;
  return constraint === undefined || memberOf(error, 'constraint') === constraint;
}

/** The five characters of an answer of the server; `EPIPE` has five as well, but no severity. */
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
