// The endpoint of another system that receives webhooks, and verifies them with the library of
// Standard Webhooks.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { createArrivals, listenForCalls } from '#test/support/services/call-receiver.ts';
import type { CleanUp } from '#test/support/services/databases.ts';

export interface ReceivedMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly id: string;
  readonly type: string;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly messages: readonly ReceivedMessage[];
  /** Status of the responses; `hanging` does not respond before `release`. */
  answer: number | 'hanging';
  /** The header of the responses. */
  retryAfter: string | undefined;
  /** Accepts the messages that were not answered. */
  release(): void;
  /** Resolves when as many messages of this type have been received. */
  received(type: string, count?: number): Promise<readonly ReceivedMessage[]>;
}

export async function startWebhookReceiver(t: CleanUp): Promise<WebhookReceiver> {
  const arrivals = createArrivals<ReceivedMessage>();
  const unanswered: ServerResponse[] = [];
  const origin = await listenForCalls(t, receive);

  async function receive(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await text(req);
    const { id, type } = JSON.parse(body);
    const headers = Object.fromEntries(
      Object.entries(req.headers).map(([name, value]) => [name, String(value)]),
    );
    arrivals.add({ headers, body, id, type });
    if (receiver.answer === 'hanging') return void unanswered.push(res);
    res.statusCode = receiver.answer;
    if (receiver.retryAfter !== undefined) res.setHeader('retry-after', receiver.retryAfter);
    res.setHeader('location', `${origin}/elsewhere`);
    res.end();
  }

  const receiver: WebhookReceiver = {
    url: `${origin}/hook`,
    messages: arrivals.items,
    answer: 200,
    retryAfter: undefined,
    release() {
      for (const res of unanswered) res.end();
    },
    received: (type, count = 1) => arrivals.received(count, (each) => each.type === type),
  };
  return receiver;
}

/** @throws when the signature is not valid for this secret */
export function verifyMessage(secret: string, { body, headers }: ReceivedMessage): unknown {
  return new Webhook(secret).verify(body, { ...headers });
}
