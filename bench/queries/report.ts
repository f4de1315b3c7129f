// The figures of one run as the document docs/queries.md.
import { medianOf } from '#bench/load/results.ts';
import type { Sizes } from '#bench/seed/rows.ts';
import type { Recorded } from './statements.ts';

export interface PageTime {
  readonly name: string;
  readonly path: string;
  /** The time of each round. */
  readonly milliseconds: readonly number[];
}

export interface Plan {
  readonly recorded: Recorded;
  readonly plan: string;
}

export interface Report {
  readonly sizes: Sizes;
  readonly times: readonly PageTime[];
  readonly plans: readonly Plan[];
}

/** The longest permitted median time of a page. */
export const longestPageMs = 200;

const count = (value: number) => value.toLocaleString('en');
const ms = (value: number) => value.toFixed(1);

export function describeReport({ sizes, times, plans }: Report): string {
  return `# Queries

The pages of the panel on a database with ${count(sizes.users)} users, ${count(sizes.sessions)} sessions and
${count(sizes.auditEvents)} audit events, and the plans of the ${plans.length} slowest statements. This document is the output of
\`npm run bench:queries -- --write\`; the times depend on the machine, the plans should not. \`npm run seed\` fills an empty
database of your own with the same data.

The goal is less than ${longestPageMs} ms of server time for every page.

## Pages

Time from the request to the end of the response, over HTTP on loopback, with one request at a time.

${table([['page', 'median ms', 'longest ms'], ...times.map(timeRow)])}

## Statements

The longest call of each statement, on the page that made it.

${table([['statement', 'page', 'calls', 'longest ms'], ...plans.map(statementRow)])}

${plans.map(describePlan).join('\n')}`;
}

function timeRow({ name, milliseconds }: PageTime): readonly string[] {
  return [name, ms(medianOf(milliseconds)), ms(Math.max(...milliseconds))];
}

function statementRow({ recorded }: Plan): readonly string[] {
  const { name, by, calls, longestMs } = recorded;
  return [`\`${name}\``, by, String(calls), ms(longestMs)];
}

function describePlan({ recorded, plan }: Plan): string {
  return `### \`${recorded.name}\`\n\n\`\`\`text\n${plan}\n\`\`\`\n`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
