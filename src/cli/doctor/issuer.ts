// The public address as apps see it: whether a server answers there, and whether it is this provider.
import { describeFailure } from '#cli/framework/failures.ts';
import type { Finding } from './findings.ts';

const answerWithinMs = 5_000;
const largestAnswerBytes = 256 * 1024;

export async function inspectIssuer(issuer: string): Promise<Finding[]> {
  const check = 'server';
  try {
    const health = await read(`${issuer}/health/ready`);
    return [describeHealth(issuer, health), await inspectDiscovery(issuer)];
  } catch (error) {
    const cause = error instanceof Error && error.cause ? error.cause : error;
    const reason = describeFailure(cause).message.replace(/^This went wrong: /, '');
    const next = 'Start it (npm start). If it runs, ISSUER or the proxy in front leads elsewhere.';
    const message = `Nothing answers at ${issuer} (${reason}).`;
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
    const next = 'Its log says more.';
    return { check, state: 'warn', message: `The server misses a part: ${failing}.`, next };
  }
  const known = failing === '' ? `it answers ${status}` : `these parts fail: ${failing}`;
  const next = 'Its log says more, if it is ours: something else may answer there.';
  return { check, state: 'fail', message: `The server at ${issuer} is not ready: ${known}.`, next };
}

/** OpenID Connect Discovery 4.3: the issuer in the document must be the one that was asked. */
async function inspectDiscovery(issuer: string): Promise<Finding> {
  const check = 'discovery';
  const { status, body } = await read(`${issuer}/.well-known/openid-configuration`);
  if (status === 200 && body['issuer'] === issuer) {
    return { check, state: 'ok', message: 'Discovery names the same issuer as the settings.' };
  }
  const named = typeof body['issuer'] === 'string' ? body['issuer'] : `nothing (status ${status})`;
  return {
    check,
    state: 'fail',
    message: `Discovery at ${issuer} names ${JSON.stringify(named)} as the issuer.`,
    next: 'Give the server the same ISSUER as here, and start it again.',
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

/** Whatever answers there, it is read only so far. */
async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > largestAnswerBytes) break;
  }
  return Buffer.concat(chunks).toString();
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    // An object's members may be anything, which is all that the type says.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
