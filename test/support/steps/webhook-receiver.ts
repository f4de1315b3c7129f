// The endpoint of another system that receives webhooks, and verifies them with the library of
// Standard Webhooks.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
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
  const messages: ReceivedMessage[] = [];
  const waiting = new Set<() => void>();
  const unanswered: ServerResponse[] = [];
  const server = createServer((req, res) => void receive(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo; // A TCP server has an AddressInfo.

  async function receive(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await text(req);
    const { id, type } = JSON.parse(body);
    const headers = Object.fromEntries(
      Object.entries(req.headers).map(([name, value]) => [name, String(value)]),
    );
    messages.push({ headers, body, id, type });
    for (const check of waiting) check();
    if (receiver.answer === 'hanging') return void unanswered.push(res);
    res.statusCode = receiver.answer;
    if (receiver.retryAfter !== undefined) res.setHeader('retry-after', receiver.retryAfter);
    res.setHeader('location', `http://127.0.0.1:${port}/elsewhere`);
    res.end();
  }

  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${port}/hook`,
    messages,
    answer: 200,
    retryAfter: undefined,
    release() {
      for (const res of unanswered) res.end();
    },
    received: (type, count = 1) =>
      new Promise((resolve) => {
        const check = () => {
          const found = messages.filter((each) => each.type === type);
          if (found.length < count) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
  };
  return receiver;
}

/** @throws when the signature is not valid for this secret */
export function verifyMessage(secret: string, { body, headers }: ReceivedMessage): unknown {
  return new Webhook(secret).verify(body, { ...headers });
}
