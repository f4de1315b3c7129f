// The back-channel logout endpoint of a client. It accepts, refuses or redirects requests or never
// responds, as a test requires.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { createArrivals, listenForCalls } from '#test/support/services/call-receiver.ts';
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
  const arrivals = createArrivals<string>();
  const origin = await listenForCalls(t, receive);

  async function receive(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await text(req);
    arrivals.add(new URLSearchParams(body).get('logout_token') ?? '');
    answer(res, sink.mood);
  }

  const sink: LogoutSink = {
    uri: `${origin}/logout`,
    tokens: arrivals.items,
    mood: 'well',
    received: async (count) => void (await arrivals.received(count)),
  };
  return sink;
}

function answer(res: ServerResponse, mood: SinkMood): void {
  if (mood === 'hanging') return;
  if (mood === 'redirecting') res.setHeader('location', 'http://127.0.0.1:1/');
  res.statusCode = { well: 200, refusing: 500, redirecting: 302 }[mood];
  res.end();
}
