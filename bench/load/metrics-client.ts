// The client of `npm run bench:metrics`, a separate process, so that its processor time is not counted with
// that of the applications. Sends batches of requests over its own connections.
import { openConnection, type LoadConnection } from './connection.ts';
import type { Flow, Materials } from './flow.ts';
import { loadFlows } from './scripts.ts';

/** The first message; each later one is the number of requests that every connection sends. */
export interface ClientOrder {
  readonly flow: string;
  readonly port: number;
  readonly connections: number;
  readonly materials: Materials;
}

interface Line {
  readonly connection: LoadConnection;
  readonly user: number;
}

// Sound: only fork() in metrics.ts starts this file, and it sends one order.
process.once('message', (order) => void serve(order as ClientOrder));

async function serve({ flow, port, connections, materials }: ClientOrder): Promise<void> {
  const found = loadFlows[flow];
  if (!found) throw new Error(`Unknown flow ${flow}.`);
  const lines: Line[] = [];
  for (let user = 0; user < connections; user += 1) {
    lines.push({ connection: await openConnection(port), user });
  }
  process.on('message', (count) => {
    const sent = lines.map((line) => play(found, materials, line, Number(count)));
    void Promise.all(sent).then(() => process.send?.('sent'));
  });
  process.send?.('ready');
}

async function play(
  flow: Flow,
  materials: Materials,
  { connection, user }: Line,
  rounds: number,
): Promise<void> {
  for (let played = 0; played < rounds; played += 1) {
    const script = flow.round(materials, user);
    let step = script.next();
    while (!step.done) step = script.next(await connection.exchange(step.value));
  }
}
