// A transmitter with poll delivery (RFC 8936), in place of an identity provider. It repeats a signal until it
// is acknowledged, and a test controls its responses.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { listenForCalls } from '#test/support/services/call-receiver.ts';
import type { CleanUp } from '#test/support/services/databases.ts';

export interface ReceivedPoll {
  readonly authorization: string | undefined;
  readonly maxEvents: number;
  readonly returnImmediately: boolean;
  readonly ack: readonly string[];
  readonly setErrs: Readonly<Record<string, { readonly err: string }>>;
}

export type SignalTransmitter = Awaited<ReturnType<typeof startSignalTransmitter>>;

export async function startSignalTransmitter(t: CleanUp) {
  const waiting = new Map<string, string>();
  const polls: ReceivedPoll[] = [];
  const state: { spoil: ((res: ServerResponse) => void) | undefined; accepted: string } = {
    spoil: undefined,
    accepted: 'a-token',
  };

  async function receive(req: IncomingMessage, res: ServerResponse): Promise<void> {
    // The fields that RFC 8936 §2.2 defines; a request of another form fails the test.
    const body = (await json(req)) as Partial<ReceivedPoll>;
    const { authorization } = req.headers;
    const { maxEvents = 1000, returnImmediately = false, ack = [], setErrs = {} } = body;
    polls.push({ authorization, maxEvents, returnImmediately, ack, setErrs });
    if (state.spoil) return state.spoil(res);
    if (authorization !== `Bearer ${state.accepted}`) return void res.writeHead(401).end();
    for (const jti of [...ack, ...Object.keys(setErrs)]) waiting.delete(jti);
    const sets = Object.fromEntries([...waiting].slice(0, maxEvents));
    const moreAvailable = waiting.size > Object.keys(sets).length;
    res.writeHead(200, { 'content-type': 'application/json' });
    res.end(JSON.stringify({ sets, moreAvailable }));
  }

  const origin = await listenForCalls(t, receive);
  return {
    url: `${origin}/poll`,
    polls: polls as readonly ReceivedPoll[],
    waiting,
    /** Replaces the response until it is called without a response. */
    spoil(respond?: (res: ServerResponse) => void): void {
      state.spoil = respond;
    },
    /** Accepts no other access token. */
    accept(token: string): void {
      state.accepted = token;
    },
    forget(): void {
      polls.length = 0;
      waiting.clear();
    },
  };
}
