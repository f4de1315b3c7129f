// Management API for the installation: version, effective settings without secrets, statistics.
import { z } from 'zod';
import type { Config } from '#config/config.ts';
import { showSettings } from '#config/shown-settings.ts';
import { timestamp } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { countLimit, countedNames, type StatisticsStore } from './statistics.store.ts';

export interface ServerInformationRouteDependencies {
  readonly config: Config;
  readonly serverStatistics: StatisticsStore;
  /** The version of this code. */
  readonly version: string;
  readonly now: () => Date;
}

const shownVersion = z.strictObject({
  name: z.string(),
  version: z.string(),
  node: z.string(),
  issuer: z.string(),
});

const shownSettings = z.strictObject({
  settings: z.record(z.string(), z.unknown()).describe('values by name; secrets are masked'),
});

const shownStatistics = z.strictObject({
  at: timestamp,
  limit: z.int().describe('counting stops here: a count with this value means "at least"'),
  counts: z.strictObject(Object.fromEntries(countedNames.map((name) => [name, z.int()]))),
});

export function serverInformationRoutes(
  dependencies: ServerInformationRouteDependencies,
): readonly Route[] {
  return [showVersion(dependencies), listSettings(dependencies), showStatistics(dependencies)];
}

function showVersion({ config, version }: ServerInformationRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/version',
    scopes: ['settings:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Show the version of this server.',
    params: {},
    responses: { 200: shownVersion },
    handle: async () => ({
      name: config.productName,
      version,
      node: process.version,
      issuer: config.issuer,
    }),
  });
}

function listSettings({ config }: ServerInformationRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/settings',
    scopes: ['settings:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Show the effective settings of this node; secrets are masked.',
    params: {},
    responses: { 200: shownSettings },
    handle: async () => ({ settings: showSettings(config) }),
  });
}

function showStatistics({ serverStatistics, now }: ServerInformationRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/statistics',
    scopes: ['settings:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Count users, clients, sessions, grants and jobs, up to a limit.',
    params: {},
    responses: { 200: shownStatistics },
    async handle() {
      const at = now();
      const found = await serverStatistics.count(at);
      const counts = Object.fromEntries(countedNames.map((name) => [name, found[name]]));
      return { at: at.toISOString(), limit: countLimit, counts };
    },
  });
}
