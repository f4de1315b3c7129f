// The client of `npm run bench:metrics`, a separate process, so that its processor time is not counted with
// that of the applications. Sends batches of requests over its own connections.
import { openConnection, type Answer, type LoadConnection } from './connection.ts';
import { loadFlows, type Materials, type Script } from './scripts.ts';

/** The first message; each further one is the number of requests that every connection sends. */
export interface ClientOrder {
  readonly flow: string;
  readonly port: number;
  readonly connections: number;
  readonly materials: Materials;
}

interface Line {
  readonly connection: LoadConnection;
  readonly script: Script;
  answer: Answer | undefined;
}

// Sound: only fork() in metrics.ts starts this file, and it sends one order.
process.once('message', (order) => void serve(order as ClientOrder));

async function serve({ flow, port, connections, materials }: ClientOrder): Promise<void> {
  const found = loadFlows[flow];
  if (!found) throw new Error(`Unknown flow ${flow}.`);
  const lines: Line[] = [];
  for (let index = 0; index < connections; index += 1) {
    const script = found.start(materials, index);
    lines.push({ connection: await openConnection(port), script, answer: undefined });
  }
  process.on('message', (count) => {
    void Promise.all(lines.map((line) => send(line, Number(count)))).then(() =>
      process.send?.('sent'),
    );
  });
  process.send?.('ready');
}

async function send(line: Line, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 1) {
    const request = line.answer ? line.script.next(line.answer) : line.script.next();
    line.answer = await line.connection.exchange(request.value);
  }
}
