// Describes the error of a failed command as text, JSON and exit code.
import { AppError } from '#platform/errors.ts';
import { maskText } from '#platform/logging/log-fields.ts';
import { UsageError } from './arguments.ts';
import type { ExitCode } from './command.ts';

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly exitCode: ExitCode;
  /** True for an unexpected error: its details belong in the log. */
  readonly isBug: boolean;
}

export function describeFailure(error: unknown): Failure {
  if (error instanceof UsageError) {
    return { code: 'wrong_usage', message: error.message, exitCode: 2, isBug: false };
  }
  if (error instanceof AppError) {
    const { code, status } = error;
    // Users of the command line are operators, so they may see the cause.
    const message = status >= 500 ? withReason(error) : error.message;
    return { code, message, exitCode: exitCodeOf(status), isBug: code === 'internal' };
  }
  const reason = maskText(messageOf(error));
  return { code: 'internal', message: `Unexpected error: ${reason}`, exitCode: 1, isBug: true };
}

function exitCodeOf(status: number): ExitCode {
  if (status === 404) return 3;
  return status === 409 ? 4 : 1;
}

/** The message, with the cause if it is known. */
export function withReason(error: Error): string {
  const reason = maskText(messageOf(error.cause));
  return reason === '' ? error.message : `${error.message} (${reason})`;
}

/**
 * For several failed addresses, the error of the first; an AggregateError has no message of its
 * own.
 */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : '';
}
