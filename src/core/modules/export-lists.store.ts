// SQL of the lists in a data export, for the rules in table-rules.ts. A list contains no secrets,
// no hashes of secrets and no data about other users.
import type { ListedPart } from './table-rules.ts';

/** Formats a column of type `timestamptz` as RFC 3339 in UTC. */
export function formatTime(column: string): string {
  return `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** SQL for a JSON object with one member per pair of name and expression. */
export function jsonObject(members: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(members).map(([name, column]) => `'${name}', ${column}`);
  return `jsonb_build_object(${pairs.join(', ')})`;
}

interface ListSource {
  readonly name: string;
  /** A table with a column `user_id`, under the alias `e`. */
  readonly from: string;
  /** A unique sort key of time and id; for a large table, an index must cover it. */
  readonly at: string;
  readonly id: string;
  readonly idType: 'text' | 'uuid';
  readonly where?: string;
  readonly members: Readonly<Record<string, string>>;
}

export function exportList({ name, from, at, id, idType, where, members }: ListSource): ListedPart {
  const first = idType === 'uuid' ? "'00000000-0000-0000-0000-000000000000'" : "''";
  return {
    name,
    text: `
      select ${at}::text as at, ${id}::text as id, ${jsonObject(members)} as entry
        from ${from}
       where e.user_id = $1 ${where ? `and ${where}` : ''}
         and (${at}, ${id}) > (coalesce($2::timestamptz, '-infinity'),
                               coalesce($3::${idType}, ${first}))
       order by ${at}, ${id}
       limit $4`,
  };
}
