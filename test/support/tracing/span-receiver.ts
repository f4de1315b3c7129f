// A collector on loopback that receives spans by OTLP over HTTP, as Jaeger does:
// https://opentelemetry.io/docs/specs/otlp/
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { CleanUp } from '#test/support/services/databases.ts';
import { nested, readMessage, textOf, type Field } from './protobuf.ts';

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly resource: Readonly<Record<string, string>>;
}

export interface SpanReceiver {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** All bytes that arrived, as text. */
  raw(): string;
  readonly headers: readonly Readonly<Record<string, unknown>>[];
}

export async function startSpanReceiver(t: CleanUp): Promise<SpanReceiver> {
  const spans: ReceivedSpan[] = [];
  const bodies: Buffer[] = [];
  const headers: Record<string, unknown>[] = [];
  const server = createServer((req, res) => {
    void readBody(req).then((body) => {
      headers.push({ ...req.headers, path: req.url });
      bodies.push(body);
      spans.push(...readSpans(body));
      res.writeHead(200, { 'Content-Type': 'application/x-protobuf' }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // A TCP server has an AddressInfo.
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    headers,
    raw: () => Buffer.concat(bodies).toString('latin1'),
  };
}

async function readBody(req: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(Buffer.from(part));
  const body = Buffer.concat(parts);
  return req.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

/** ExportTraceServiceRequest > ResourceSpans > ScopeSpans > Span. */
function readSpans(body: Buffer): readonly ReceivedSpan[] {
  return nested(readMessage(body), 1).flatMap((resourceSpans) => {
    const fields = readMessage(resourceSpans);
    const [resource] = nested(fields, 1).map((each) => attributesOf(readMessage(each), 1));
    const scopes = nested(fields, 2).map(readMessage);
    return scopes
      .flatMap((scope) => nested(scope, 2))
      .map((span) => readSpan(readMessage(span), resource ?? {}));
  });
}

function readSpan(fields: readonly Field[], resource: ReceivedSpan['resource']): ReceivedSpan {
  const idOf = (number: number) => nested(fields, number)[0]?.toString('hex') ?? '';
  return {
    traceId: idOf(1),
    spanId: idOf(2),
    parentId: idOf(4),
    name: textOf(fields, 5),
    attributes: attributesOf(fields, 9),
    resource,
  };
}

/** KeyValue: key, AnyValue; numbers become text. */
function attributesOf(fields: readonly Field[], number: number): Record<string, string> {
  const pairs = nested(fields, number).map((bytes) => {
    const pair = readMessage(bytes);
    const value = readMessage(nested(pair, 2)[0] ?? Buffer.alloc(0));
    const [first] = value;
    const text = first?.number === 1 ? first.bytes.toString() : String(first?.varint ?? '');
    return [textOf(pair, 1), text] as const;
  });
  return Object.fromEntries(pairs);
}
