// Checks that the metrics of this machine can be scraped completely and are not public.
import type { Config } from '#config/config.ts';
import type { Finding } from '#cli/doctor/findings.ts';

type Settings = Pick<Config, 'opsPort' | 'opsHost' | 'environment' | 'issuer'>;

const check = 'metrics';
const answerWithinMs = 5_000;

export async function inspectMetrics(settings: Settings): Promise<Finding[]> {
  const { opsPort, environment } = settings;
  if (opsPort === undefined || opsPort === 0) {
    const next = 'Set OPS_PORT, and let Prometheus scrape it.';
    const message = 'OPS_PORT is unset: no metrics are kept.';
    return environment === 'production' ? [{ check, state: 'warn', message, next }] : [];
  }
  return [await inspectScrape(settings), ...(await inspectPublic(settings))];
}

/** The metrics of the server on this machine; `undefined` if none are served. */
export async function readMetrics(
  settings: Pick<Settings, 'opsHost' | 'opsPort'>,
): Promise<string | undefined> {
  return settings.opsPort === undefined ? undefined : read(addressOf(settings));
}

function addressOf({ opsHost, opsPort }: Pick<Settings, 'opsHost' | 'opsPort'>): string {
  const host = opsHost === '0.0.0.0' || opsHost === '::' ? '127.0.0.1' : opsHost;
  return `http://${host.includes(':') ? `[${host}]` : host}:${opsPort}/metrics`;
}

async function inspectScrape(settings: Settings): Promise<Finding> {
  const url = addressOf(settings);
  const text = await read(url);
  if (text === undefined) {
    const next = 'Start the server; if it is running, check OPS_PORT and OPS_HOST.';
    return { check, state: 'warn', message: `No metrics are served at ${url}.`, next };
  }
  const missing = [...text.matchAll(/^ostiary_scrape_errors_total\{source="(\w+)"\} [1-9]/gm)];
  if (missing.length === 0) return { check, state: 'ok', message: `Prometheus can scrape ${url}.` };
  const names = missing.map(([, name]) => name).join(', ');
  const message = `Some metrics could not be read since the start: ${names}.`;
  return { check, state: 'warn', message, next: 'See the log for an outage of the database.' };
}

/** A proxy that forwards /metrics to OPS_PORT would publish them. */
async function inspectPublic({ issuer }: Settings): Promise<Finding[]> {
  const url = `${issuer}/metrics`;
  if ((await read(url))?.includes('ostiary_build_info') !== true) return [];
  const message = `The metrics are public at ${url}.`;
  return [{ check, state: 'fail', message, next: 'Do not forward OPS_PORT in the reverse proxy.' }];
}

/** `undefined` unless the status is 200. */
async function read(url: string): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(answerWithinMs);
    const answer = await fetch(url, { signal, redirect: 'manual' });
    const text = await answer.text();
    return answer.status === 200 ? text : undefined;
  } catch {
    return undefined;
  }
}
