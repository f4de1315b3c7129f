// Counts the requests that the fast path answered, and those that it recognized and passed on.
import type { Metrics } from '#platform/metrics/metrics.ts';
import type { FastEndpoint } from '#oidc/patches/handlers/endpoint-steps.ts';

const requests = {
  name: 'ostiary_fast_path_requests_total',
  help:
    "Requests that the fast path recognized: answered directly or by oidc-provider's functions, or " +
    'passed on to the middleware because they are unusual.',
  labels: {
    endpoint: ['introspection', 'token', 'userinfo'],
    outcome: ['direct', 'answered', 'passed_on'],
  },
} as const;

export type FastOutcome = (typeof requests.labels.outcome)[number];

export function countFastRequests(metrics: Metrics) {
  const counter = metrics.counter(requests);
  return (endpoint: FastEndpoint, outcome: FastOutcome): void => counter.add({ endpoint, outcome });
}
