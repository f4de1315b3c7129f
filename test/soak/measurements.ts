// What may grow without bound: memory and descriptors of the processes, rows of the database, jobs.
import { readdirSync, readFileSync } from 'node:fs';
import type { Nodes } from '#test/support/faults/nodes.ts';

/** Memory in MiB, and open files, of a process. */
export function measureProcess(pid: number): { readonly memory: number; readonly files: number } {
  const [, kib = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return { memory: Number(kib) / 1024, files: readdirSync(`/proc/${pid}/fd`).length };
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
