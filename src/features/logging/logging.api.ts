// Management API for the log level.
import { z } from 'zod';
import type { Config } from '#config/config.ts';
import { problem, timestamp } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { clientId, uuid } from '#http/api/schemas.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { AppError } from '#platform/errors.ts';
import { overrideLevels, type LogFilter } from '#platform/logging/log-overrides.ts';
import { maxSecondsFiltered, usualSeconds } from './logging.ts';
import type { Logging } from './logging.service.ts';
import { presentLogging } from './present-override.ts';

export interface LoggingRouteDependencies {
  readonly logging: Logging;
  readonly config: Config;
}

const shownLogging = z.strictObject({
  level: z.string().describe('LOG_LEVEL of this node'),
  override: z
    .strictObject({
      level: z.enum(overrideLevels),
      user_id: z.string().nullable(),
      client_id: z.string().nullable(),
      route: z.string().nullable(),
      set_at: timestamp,
      expires_at: timestamp,
    })
    .nullable(),
});

const newOverride = z
  .strictObject({
    level: z
      .enum(overrideLevels)
      .meta({ description: `one of ${overrideLevels.join(', ')}`, examples: ['debug'] }),
    seconds: z
      .int()
      .min(1)
      .max(maxSecondsFiltered)
      .default(usualSeconds)
      .meta({
        description: '1 to 3600, or to 86400 for one user, client or route',
        examples: [600],
      }),
    user_id: uuid.optional(),
    client_id: clientId.optional(),
    route: z
      .string()
      .regex(/^[\x20-\x7e]{1,200}$/)
      .optional()
      .meta({
        description: 'a route like "POST /oauth2/token"; * stands for any text',
        examples: ['POST /oauth2/token'],
      }),
  })
  .meta({ examples: [{ level: 'debug', seconds: 600, route: 'POST /oauth2/token' }] });

const rateLimit = unlimited('authenticatedCaller');

export function loggingRoutes(dependencies: LoggingRouteDependencies): readonly Route[] {
  return [showLogging(dependencies), setOverride(dependencies), resetOverride(dependencies)];
}

function showLogging({ logging, config }: LoggingRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/logging',
    scopes: ['logging:read'],
    rateLimit,
    summary: 'Show the level of the log, and a temporary one.',
    params: {},
    responses: { 200: shownLogging },
    handle: async () => presentLogging(config.logLevel, await logging.find()),
  });
}

function setOverride({ logging, config }: LoggingRouteDependencies): Route {
  return defineRoute({
    method: 'PUT',
    path: '/logging',
    scopes: ['logging:write'],
    rateLimit,
    summary: 'Change the level of the log for some time, on all nodes.',
    params: {},
    body: newOverride,
    responses: {
      200: shownLogging,
      404: problem('user_not_found', 'client_not_found'),
    },
    async handle({ body, caller }) {
      const wanted = { level: body.level, seconds: body.seconds, filter: readFilter(body) };
      return presentLogging(config.logLevel, await logging.set(wanted, caller.actor));
    },
  });
}

function resetOverride({ logging }: LoggingRouteDependencies): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/logging',
    scopes: ['logging:write'],
    rateLimit,
    summary: 'End the temporary level of the log.',
    params: {},
    responses: { 200: z.strictObject({ reset: z.boolean() }) },
    handle: async ({ caller }) => ({ reset: await logging.reset(caller.actor) }),
  });
}

/** @throws AppError `invalid_input` when more than one is given */
function readFilter(body: z.output<typeof newOverride>): LogFilter | undefined {
  const given: readonly [LogFilter['by'], string | undefined][] = [
    ['user', body.user_id],
    ['client', body.client_id],
    ['route', body.route],
  ];
  const filters = given.flatMap(([by, value]) => (value === undefined ? [] : [{ by, value }]));
  if (filters.length <= 1) return filters[0];
  throw new AppError('invalid_input', 'Use one of user_id, client_id and route.');
}
