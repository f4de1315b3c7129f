// `config check`: lists all invalid settings, or shows the effective settings without secrets.
import type { Config } from '#config/config.ts';
import { parseRedisUrl } from '#platform/redis/redis-url.ts';
import { loadSupplements } from '#features/custom-attributes/schema/registry.service.ts';
import { settings } from '#config/settings.ts';
import type { Setting } from '#config/setting-kinds.ts';
import type { Answer } from './framework/command.ts';
import { describeValues } from './framework/columns.ts';
import type { ProcessCommand } from './framework/context.ts';

export const configCheck: ProcessCommand = {
  name: 'config check',
  summary: 'Check the settings and show them, without secrets.',
  options: {},
  async run({ readConfig }) {
    try {
      const config = readConfig();
      await loadSupplements(config.supplements);
      return summarize(config);
    } catch (error) {
      return listFaults(error);
    }
  },
};

function summarize(config: Config): Answer {
  const shown = Object.entries(settings).map(
    ([key, setting]) => [setting.name, present(key, setting, config)] as const,
  );
  const summary = Object.fromEntries(shown);
  return {
    document: { faults: [], settings: summary },
    text: `All settings are valid.\n\n${describeValues(summary)}`,
  };
}

function listFaults(error: unknown): Answer {
  const message = error instanceof Error ? error.message : String(error);
  const faults = message
    .split('\n')
    .flatMap((line) => (line.startsWith('- ') ? line.slice(2) : []));
  return {
    document: { faults: faults.length > 0 ? faults : [message] },
    text: `${message}\n`,
    exitCode: 1,
  };
}

/** Without a value, describes the default in words. */
function present(key: string, { secret, unset }: Setting<unknown>, config: Config): unknown {
  const value: unknown = Reflect.get(config, key) ?? Reflect.get(config.argon2, key);
  if (value === undefined || (Array.isArray(value) && value.length === 0)) {
    return `unset: ${unset.replaceAll('`', '')}`;
  }
  if (!secret) return value;
  return Object.hasOwn(redacted, key) ? redacted[key]?.(config) : 'set';
}

/** The part of a secret that may be shown; for any other secret, only that it is set. */
const redacted: Readonly<Record<string, (config: Config) => string>> = {
  databaseUrl: ({ databaseUrl = '' }) => showPostgresUrl(databaseUrl),
  redisUrl: ({ redisUrl = '' }) => parseRedisUrl(redisUrl).shownAs,
  encryptionKeys: ({ encryptionKeys }) => `set: ${encryptionKeys.map(({ id }) => id).join(', ')}`,
  cookieKeys: ({ cookieKeys }) => `set: ${cookieKeys.length}`,
};

/** Shows host and database; omits user, password and parameters. */
export function showPostgresUrl(text: string): string {
  const url = URL.parse(text);
  if (url) return `${url.protocol}//${url.host}${url.pathname}`;
  // A URL with a local socket has no host, and URL.parse rejects it.
  const [, name] = /^postgres(?:ql)?:\/\/[^/@]*@?\/([\w-]+)\?/.exec(text) ?? [];
  return name === undefined ? 'set' : `postgres:///${name}`;
}
