// Statements that remove the rows of one user, for the rules in table-rules.ts.
import type { Removal, RemovalOptions } from './table-rules.ts';

/** Deletes all rows of the user. */
export function removeAll(table: string, options: RemovalOptions = {}): Removal {
  return { ...options, text: `delete from ${table} where user_id = $1`, dated: 'at' };
}

/** Deletes the rows whose `time` is not before the attacker's first access. */
export function removeSince(table: string, time: string, options: RemovalOptions = {}): Removal {
  const text = `delete from ${table} where user_id = $1 and ${time} >= $2`;
  return { ...options, text, dated: 'since' };
}

/** Runs a statement of its own. */
export function runStatement(text: string, options: RemovalOptions = {}): Removal {
  return { ...options, text, dated: 'at' };
}
