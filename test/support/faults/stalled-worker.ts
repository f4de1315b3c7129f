// Loaded into a node before its program: a worker process hangs at its start while STALL_FILE has content.
import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';

const path = process.env['STALL_FILE'] ?? '';

if (cluster.isWorker && path !== '' && readFileSync(path, 'utf8') !== '') {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
