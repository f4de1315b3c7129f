// The --limit option of list commands.
import { UsageError } from './arguments.ts';
import type { Arguments } from './command.ts';

/** @throws UsageError */
export function readLimit(args: Arguments, defaultLimit: number): number {
  const text = args.text('limit');
  if (text === undefined) return defaultLimit;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new UsageError('--limit must be a whole number from 1 to 9999.');
}
