// Filters and cursors of the lists in the panel, from the query of the URL.
import type { PageQuery } from '#http/api/cursors.ts';
import type { Context } from '#http/context.ts';

const rowsPerPage = 25;
const maxValueLength = 200;

export interface ListQuery {
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly page: PageQuery;
}

/** Reads the named filters; unknown parameters are ignored. */
export function readList(ctx: Context, names: readonly string[], limit = rowsPerPage): ListQuery {
  const query = new URLSearchParams(ctx.querystring);
  const values = names.flatMap((name) => {
    const value = query.get(name)?.replaceAll('\0', '').slice(0, maxValueLength) ?? '';
    return value === '' ? [] : [[name, value] as const];
  });
  const cursor = query.get('cursor') ?? undefined;
  return { values: Object.fromEntries(values), page: { limit, cursor } };
}

/** Identifies the list that a cursor belongs to. */
export function listQuery(path: string, { values }: ListQuery): string {
  return JSON.stringify([path, Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

export function nextHref(
  path: string,
  { values }: ListQuery,
  cursor: string | null,
): string | undefined {
  if (cursor === null) return undefined;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) query.set(name, value);
  query.set('cursor', cursor);
  return `${path}?${query.toString()}`;
}
