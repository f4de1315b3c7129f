// Parses times in options: RFC 3339, or a date, which means midnight UTC.
import { UsageError } from './arguments.ts';
import type { Arguments } from './command.ts';

const form = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** @throws UsageError */
export function readInstant(args: Arguments, option: string): Date | undefined {
  const text = args.text(option);
  if (text === undefined) return undefined;
  const at = new Date(text);
  if (form.test(text) && !Number.isNaN(at.getTime())) return at;
  throw new UsageError(`--${option} must be a time like 2026-05-04T12:00:00Z, or a date.`);
}
