// Explains why the transaction of a configuration file failed.
import { AppError, isAppError } from '#platform/errors.ts';

/** Serialization failure, deadlock, and a lock that another transaction holds. */
const concurrent: readonly unknown[] = ['40001', '40P01', '55P03'];

export function describeTransactionFailure(error: unknown): unknown {
  if (!isAppError(error, 'store_unavailable') || !isConcurrent(error.cause)) return error;
  const message =
    'The installation was changed at the same time. Nothing was written. Please try again.';
  return new AppError('conflict', message, { cause: error });
}

function isConcurrent(cause: unknown): boolean {
  return (
    typeof cause === 'object' &&
    cause !== null &&
    'code' in cause &&
    concurrent.includes(cause.code)
  );
}
