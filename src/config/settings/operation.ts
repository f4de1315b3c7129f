// How the processes are run and what they log.
import { approvalActList } from '#config/kinds/approval-acts.ts';
import { seconds, wholeNumber } from '#config/kinds/numbers.ts';
import { choice, matching } from '#config/kinds/text.ts';
import { setting } from '#config/setting.ts';

export const operationSettings = {
  workers: setting({
    name: 'WORKERS',
    kind: wholeNumber({ min: 1, max: 256, unit: 'processes' }),
    unset: 'the number of CPU cores; 1 without `DATABASE_URL` or `REDIS_URL`',
    example: '2',
    text: 'Number of server processes. More than one requires `DATABASE_URL` and `REDIS_URL`.',
  }),
  opsPort: setting({
    name: 'OPS_PORT',
    kind: wholeNumber({ min: 0, max: 65_535 }),
    unset: 'none; no metrics are kept',
    example: '9464',
    text:
      'The port of the listener for operators, which serves `/metrics` for Prometheus ' +
      '([observability](observability.md)); 0 selects any free port.',
  }),
  opsHost: setting({
    name: 'OPS_HOST',
    kind: matching(/^[\w.:-]{1,253}$/, 'an address or host name'),
    default: '127.0.0.1',
    text:
      'The address on which `OPS_PORT` listens. The metrics are not protected by a password: ' +
      'another address must be reachable from the monitoring network only.',
  }),
  rateLimits: setting({
    name: 'RATE_LIMITS',
    kind: choice('on', 'off'),
    default: 'on',
    text: 'Whether requests and sign-in attempts are rate limited; `off` is for tests only.',
  }),
  fastPath: setting({
    name: 'FAST_PATH',
    kind: choice('on', 'off'),
    default: 'on',
    text:
      'Whether frequent requests (introspection, client credentials, code exchange, refresh, userinfo, ' +
      'and authorization with an active session) bypass the middleware of pages and of oidc-provider; ' +
      'the responses are the same.',
  }),
  logLevel: setting({
    name: 'LOG_LEVEL',
    kind: choice('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    default: 'info',
    text: 'The least severe level that is logged.',
  }),
  logFormat: setting({
    name: 'LOG_FORMAT',
    kind: choice('json', 'ecs', 'pretty'),
    unset: '`pretty` in development on a terminal, else `json`',
    example: 'json',
    text:
      'The format of the log: `json` or `ecs` (Elastic Common Schema) for programs, `pretty` for ' +
      'reading ([observability](observability.md#logs)).',
  }),
  /** Time in which requests in progress may finish after SIGTERM. */
  stopSeconds: setting({
    name: 'STOP_SECONDS',
    kind: seconds({ min: 1, max: 300 }),
    default: 10,
    text: 'Time in which requests in progress may finish when the process is stopped.',
  }),
  approvalRequired: setting({
    name: 'APPROVAL_REQUIRED',
    kind: approvalActList,
    default: [],
    unset: 'none',
    sameOnAllNodes: true,
    example: 'users.delete,roles.grant-admin',
    text:
      'Acts of administrators that wait for a second administrator ' +
      '([authorization](authorization.md#four-eyes)).',
  }),
};
