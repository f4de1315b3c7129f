// Counts the requests that the fast path answered, and those that it recognized and passed on.
import type { Metrics } from '#platform/metrics/metrics.ts';

const requests = {
  name: 'ostiary_fast_path_requests_total',
  help:
    "Requests that the fast path recognized: answered directly or by oidc-provider's functions, or " +
    'passed on to the middleware because they are unusual.',
  labels: {
    endpoint: ['authorization', 'introspection', 'token', 'userinfo'],
    outcome: ['direct', 'answered', 'passed_on'],
  },
} as const;

type Endpoint = (typeof requests.labels.endpoint)[number];

export type FastOutcome = (typeof requests.labels.outcome)[number];

export function countFastRequests(metrics: Metrics) {
  const counter = metrics.counter(requests);
  return (endpoint: Endpoint, outcome: FastOutcome): void => counter.add({ endpoint, outcome });
}

export type CountFastRequest = ReturnType<typeof countFastRequests>;
