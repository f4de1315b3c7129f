// Number and latency of responses, by route pattern and status class.
import { requestBuckets, type Metrics } from '#platform/metrics/metrics.ts';
import type { Answered } from '#http/middleware/request-log.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const statusClasses = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

/** More than the number of routes. */
const routes = { atMost: 600 };

export function createHttpMetrics(metrics: Metrics): (answered: Answered) => void {
  const durations = metrics.histogram({
    name: 'ostiary_http_request_duration_seconds',
    help: 'Time to answer a request, by the pattern of the route and the class of the status.',
    labels: { method: methods, route: routes, status: statusClasses },
    buckets: requestBuckets,
  });
  return ({ method, route, status, milliseconds }) => {
    const statusClass = statusClasses[Math.trunc(status / 100) - 1];
    // The metric replaces values that its lists do not contain.
    const labels = { method, route, status: statusClass } as Parameters<
      typeof durations.observe
    >[0];
    durations.observe(labels, milliseconds / 1000);
  };
}
