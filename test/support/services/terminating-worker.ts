// Terminates every other connection to a database from a thread, while the thread of the test is
// blocked and reads no socket. The shared integer is 1 from a request until its end, and else 0.
import { workerData } from 'node:worker_threads';
import { Client } from 'pg';

// The test starts this thread with exactly this data.
const { url, signal } = workerData as { url: string; signal: Int32Array<SharedArrayBuffer> };
const others = 'where datname = current_database() and pid <> pg_backend_pid()';

async function terminateOthers(): Promise<void> {
  const operator = new Client({ connectionString: url });
  await operator.connect();
  await operator.query(`select pg_terminate_backend(pid) from pg_stat_activity ${others}`);
  for (let left = 1; left > 0;) {
    const { rows } = await operator.query<{ left: number }>(
      `select count(*)::integer as left from pg_stat_activity ${others}`,
    );
    left = rows[0]?.left ?? 0;
  }
  await operator.end();
}

for (;;) {
  Atomics.wait(signal, 0, 0);
  await terminateOthers();
  Atomics.store(signal, 0, 0);
  Atomics.notify(signal, 0);
}
