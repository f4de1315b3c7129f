// The same application twice, with and without the fast path, on the same stores and caches. A request
// is sent both ways, and the responses are compared.
import { once } from 'node:events';
import { Agent, request as sendRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createApp } from '#server/app.ts';
import { createHttpServer } from '#server/http-server.ts';
import type { Counter, Metrics } from '#platform/metrics/metrics.ts';
import { noMetrics } from '#platform/metrics/metrics.ts';
import type { TestApp } from '#test/support/app.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { signAssertions } from './assertions.ts';
import { signProofs } from './dpop/dpop-proofs.ts';

/** Headers in order, because some requests repeat one. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string | Buffer | undefined;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly text: string;
}

export type Way = 'fast' | 'engine';

export interface TwoWays {
  send(way: Way, request: RawRequest): Promise<RawResponse>;
  /** Requests that the fast path has answered or passed on, by endpoint. */
  count(endpoint: string, outcome: 'direct' | 'answered' | 'passed_on'): number;
}

export interface TwoWaysOptions {
  /** Replaces settings of both applications. */
  readonly config?: Partial<TestApp['services']['config']>;
  /** Replaces services of the application for one of the ways. */
  readonly servicesOf?: (way: Way) => Partial<TestApp['services']>;
}

export async function openTwoWays(
  t: CleanUp,
  { services, issuer }: Pick<TestApp, 'services' | 'issuer'>,
  { config: changes = {}, servicesOf = () => ({}) }: TwoWaysOptions = {},
): Promise<TwoWays> {
  const { metrics, count } = createFastPathCount();
  const config = { ...services.config, ...changes };
  const fast = { ...services, metrics, ...servicesOf('fast') };
  const engine = { ...services, ...servicesOf('engine') };
  const ports = {
    fast: await listen(t, { ...fast, config: { ...config, fastPath: 'on' } }),
    engine: await listen(t, { ...engine, config: { ...config, fastPath: 'off' } }),
  };
  const agent = new Agent({ keepAlive: true });
  t.after(async () => agent.destroy());
  const { host } = new URL(issuer);
  return {
    count,
    send: (way, request) => send({ agent, port: ports[way], host }, request),
  };
}

async function listen(t: CleanUp, services: TestApp['services']): Promise<number> {
  const koa = await createApp({ services, isStopping: () => false });
  const handle = koa.callback();
  const server = createHttpServer((req, res) => void handle(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => server.close().closeAllConnections());
  return (server.address() as AddressInfo).port; // it listens on a TCP port
}

interface Target {
  readonly agent: Agent;
  readonly port: number;
  readonly host: string;
}

async function send(
  { agent, port, host }: Target,
  { method, path, headers, body: draft }: RawRequest,
): Promise<RawResponse> {
  const body = typeof draft === 'string' ? signAssertions(draft) : draft;
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const added: [string, string][] = [];
  if (!names.has('host')) added.push(['Host', host]);
  const hasLength = names.has('content-length') || names.has('transfer-encoding');
  // Without a length, Node would send an empty body in chunks.
  if (!hasLength && (body !== undefined || method === 'POST')) {
    added.push(['Content-Length', String(Buffer.byteLength(body ?? ''))]);
  }
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const lines = [...added, ...headers].flat().map(signProofs);
    const req = sendRequest({ agent, host: '127.0.0.1', port, method, path, headers: lines });
    req.on('response', resolve).on('error', reject);
    req.end(body);
  });
  const { rawHeaders, statusCode = 0 } = answer;
  const received = Array.from(
    { length: rawHeaders.length / 2 },
    (_, at) => [rawHeaders[2 * at] ?? '', rawHeaders[2 * at + 1] ?? ''] as const,
  );
  return { status: statusCode, headers: received, text: await text(answer) };
}

/** Keeps only the counter of the fast path. */
function createFastPathCount() {
  const counts = new Map<string, number>();
  const keyOf = (endpoint: string, outcome: string) => `${endpoint} ${outcome}`;
  const counter = {
    add({ endpoint, outcome }: { endpoint: string; outcome: string }) {
      const key = keyOf(endpoint, outcome);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
  };
  const metrics: Metrics = {
    ...noMetrics,
    counter: (definition) =>
      definition.name === 'ostiary_fast_path_requests_total'
        ? (counter as unknown as Counter<never>) // it has the labels of this metric
        : noMetrics.counter(definition),
  };
  const count = (endpoint: string, outcome: string) => counts.get(keyOf(endpoint, outcome)) ?? 0;
  return { metrics, count };
}
