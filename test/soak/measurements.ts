// Measures what could grow without bound: memory and descriptors of the processes, rows of the database,
// jobs.
import { readdirSync } from 'node:fs';
import { until } from '#test/support/faults/fault-suite.ts';
import type { Node, Nodes } from '#test/support/faults/nodes.ts';

/** Memory in MiB, and open files, of a process. */
export interface Usage {
  /** Objects and buffers in use, after a garbage collection. */
  readonly live: number;
  /** Memory of the process after the collection. */
  readonly resident: number;
  /** Memory of the process before it. */
  readonly highest: number;
  readonly files: number;
}

/** The environment of a node with the options of `npm start`, and with the report of its memory. */
export function measurable(): Readonly<Record<string, string>> {
  const report = new URL('memory-report.ts', import.meta.url).href;
  return { NODE_OPTIONS: `--max-semi-space-size=8 --import=${report}` };
}

const reports = /^\{"memoryReport":(\{.*\})\}$/gm;
/** Only the main thread can collect garbage; a busy node takes a moment. */
const reportSeconds = 60;

export async function measureProcess(node: Node): Promise<Usage> {
  const count = () => [...node.log().matchAll(reports)].length;
  const before = count();
  process.kill(node.pid(), 'SIGUSR2');
  await until('memory is reported', async () => count() > before, reportSeconds);
  const files = readdirSync(`/proc/${node.pid()}/fd`).length;
  return { ...readReport(node.log()), files };
}

/** The last report in the log of a node. */
function readReport(log: string): Omit<Usage, 'files'> {
  const [, json = ''] = [...log.matchAll(reports)].at(-1) ?? [];
  const { live, resident, highest }: Record<string, unknown> = JSON.parse(json);
  return { live: Number(live), resident: Number(resident), highest: Number(highest) };
}
export interface Stored {
  readonly rows: ReadonlyMap<string, number>;
  readonly pendingJobs: number;
  readonly deadJobs: number;
  readonly deadlocks: number;
}

export async function measureDatabase({ services }: Nodes): Promise<Stored> {
  const { knex } = services.db;
  const tables: string[] = await knex('pg_tables')
    .where({ schemaname: 'public' })
    .pluck('tablename');
  const rows = new Map<string, number>();
  for (const table of tables) {
    const [counted]: { count?: string | number }[] = await knex(table).count({ count: '*' });
    rows.set(table, Number(counted?.count));
  }
  const jobs: { rows: { pending: number; dead: number }[] } = await knex.raw(`
    select count(*) filter (where sent_at is null and dead_at is null)::integer as pending,
           count(*) filter (where dead_at is not null)::integer as dead
      from outbox`);
  const [job = { pending: 0, dead: 0 }] = jobs.rows;
  const [database]: { deadlocks: string }[] = await knex('pg_stat_database')
    .whereRaw('datname = current_database()')
    .select('deadlocks');
  return {
    rows,
    pendingJobs: job.pending,
    deadJobs: job.dead,
    deadlocks: Number(database?.deadlocks),
  };
}
