// Checks the issuer URL as clients see it: whether a server responds there, and whether it is this
// provider.
import { describeFailure } from '#cli/framework/failures.ts';
import type { Finding } from '#cli/doctor/findings.ts';

const answerWithinMs = 5_000;
const maxResponseBytes = 256 * 1024;

export async function inspectIssuer(issuer: string): Promise<Finding[]> {
  const check = 'server';
  try {
    const health = await read(`${issuer}/health/ready`);
    return [describeHealth(issuer, health), await inspectDiscovery(issuer)];
  } catch (error) {
    const cause = error instanceof Error && error.cause ? error.cause : error;
    const reason = describeFailure(cause).message.replace(/^Unexpected error: /, '');
    const next =
      'Start the server (npm start). If it is running, check ISSUER and the reverse proxy.';
    const message = `No server responds at ${issuer} (${reason}).`;
    return [{ check, state: 'warn', message, next }];
  }
}

function describeHealth(issuer: string, { status, body }: Read): Finding {
  const check = 'server';
  const failing = Array.isArray(body['failing']) ? body['failing'].join(', ') : '';
  if (status === 200 && body['status'] === 'ready') {
    return { check, state: 'ok', message: `The server at ${issuer} is ready.` };
  }
  if (status === 200 && body['status'] === 'degraded') {
    const next = 'See its log.';
    return {
      check,
      state: 'warn',
      message: `The server is degraded; failing checks: ${failing}.`,
      next,
    };
  }
  const known = failing === '' ? `status ${status}` : `failing checks: ${failing}`;
  const next = 'See its log, and check that ISSUER leads to this server.';
  return { check, state: 'fail', message: `The server at ${issuer} is not ready: ${known}.`, next };
}

/**
 * The issuer in the document must be identical to the requested one (OpenID Connect Discovery
 * §4.3).
 */
async function inspectDiscovery(issuer: string): Promise<Finding> {
  const check = 'discovery';
  const { status, body } = await read(`${issuer}/.well-known/openid-configuration`);
  if (status === 200 && body['issuer'] === issuer) {
    return {
      check,
      state: 'ok',
      message: 'The issuer in the discovery document matches the settings.',
    };
  }
  const named = typeof body['issuer'] === 'string' ? body['issuer'] : `nothing (status ${status})`;
  return {
    check,
    state: 'fail',
    message: `The discovery document at ${issuer} names ${JSON.stringify(named)} as the issuer.`,
    next: 'Configure the server with the same ISSUER, and restart it.',
  };
}

interface Read {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function read(address: string): Promise<Read> {
  const signal = AbortSignal.timeout(answerWithinMs);
  const response = await fetch(address, { signal, redirect: 'manual' });
  const text = await readText(response);
  return { status: response.status, body: parseObject(text) };
}

/** Limits the bytes that are read, because any server may respond there. */
async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > maxResponseBytes) break;
  }
  return Buffer.concat(chunks).toString();
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    // The cast is sound: the members of an object are of unknown type.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
