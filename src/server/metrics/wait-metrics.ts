// Latency of everything that requests wait for: statements by name, connections, Redis, other hosts, mail,
// password hashes.
import {
  requestBuckets,
  type Histogram,
  type HistogramDefinition,
  type Metrics,
} from '#platform/metrics/metrics.ts';
import type { Observation, Operation } from '#platform/observation/observation.ts';

type Kind = Operation['kind'];

const results = ['ok', 'failed'] as const;

/** More names than the code contains; without a limit, a bug in a name could exhaust memory. */
const statements = { atMost: 600 };

/** Finer buckets at the lower end, for round trips in the same network and for hashes. */
const shortBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export function measureWaits(metrics: Metrics, observation: Observation): void {
  const observers = createObservers(metrics);
  observation.subscribe(({ kind, name }) => {
    const observe = observers[kind];
    const startedAt = performance.now();
    return (error) => {
      observe(name, error === undefined ? 'ok' : 'failed', (performance.now() - startedAt) / 1000);
    };
  });
}

type Observe = (name: string, result: (typeof results)[number], seconds: number) => void;

function createObservers(metrics: Metrics): Readonly<Record<Kind, Observe>> {
  const statement = metrics.histogram({
    name: 'ostiary_statement_duration_seconds',
    help: 'Latency of statements by name, without the wait for a connection.',
    labels: { statement: statements, result: results },
    buckets: shortBuckets,
  });
  const connection = simple(metrics, {
    name: 'ostiary_database_connection_wait_seconds',
    help: 'Wait for a free connection of the pool.',
    buckets: shortBuckets,
  });
  const redis = simple(metrics, {
    name: 'ostiary_redis_command_duration_seconds',
    help: 'Latency of commands to Redis; none is sent while its circuit is open.',
    buckets: shortBuckets,
  });
  const outbound = simple(metrics, {
    name: 'ostiary_outbound_request_duration_seconds',
    help: 'Latency of HTTP requests to other hosts.',
    buckets: requestBuckets,
  });
  const mail = simple(metrics, {
    name: 'ostiary_mail_duration_seconds',
    help: 'Latency of messages to the mail server.',
    buckets: requestBuckets,
  });
  const hash = simple(metrics, {
    name: 'ostiary_password_hash_duration_seconds',
    help: 'Time of password hashes, including the wait in the queue.',
    buckets: requestBuckets,
  });
  const signing = simple(metrics, {
    name: 'ostiary_signing_duration_seconds',
    help: 'Time to sign ID tokens, logout tokens and JWT access tokens.',
    buckets: shortBuckets,
  });
  return {
    statement: (name, result, seconds) => statement.observe({ statement: name, result }, seconds),
    database_connection: connection,
    redis,
    outbound,
    mail,
    password_hash: hash,
    signing,
  };
}

type Simple = Omit<HistogramDefinition<Record<string, never>>, 'labels'>;

/** Measures operations of one kind, whatever their names. */
function simple(metrics: Metrics, definition: Simple): Observe {
  const histogram: Histogram<{ readonly result: 'ok' | 'failed' }> = metrics.histogram({
    ...definition,
    labels: { result: results },
  });
  return (_name, result, seconds) => histogram.observe({ result }, seconds);
}
