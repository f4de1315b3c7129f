// The back-channel logout endpoint of a client. It accepts, refuses or redirects requests or never
// responds, as a test requires.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { CleanUp } from '#test/support/services/databases.ts';

export type SinkMood = 'well' | 'hanging' | 'refusing' | 'redirecting';

export interface LogoutSink {
  readonly uri: string;
  /** All received logout tokens, whatever the response was. */
  readonly tokens: readonly string[];
  mood: SinkMood;
  /** Resolves when this many tokens have been received. */
  received(count: number): Promise<void>;
}

export async function startLogoutSink(t: CleanUp): Promise<LogoutSink> {
  const tokens: string[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((req, res) => void receive(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo; // A TCP server has an AddressInfo.
  async function receive(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await text(req);
    tokens.push(new URLSearchParams(body).get('logout_token') ?? '');
    for (const check of waiting) check();
    answer(res, sink.mood);
  }

  const sink: LogoutSink = {
    uri: `http://127.0.0.1:${port}/logout`,
    tokens,
    mood: 'well',
    received: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (tokens.length < count) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
  };
  return sink;
}

function answer(res: ServerResponse, mood: SinkMood): void {
  if (mood === 'hanging') return;
  if (mood === 'redirecting') res.setHeader('location', 'http://127.0.0.1:1/');
  res.statusCode = { well: 200, refusing: 500, redirecting: 302 }[mood];
  res.end();
}
