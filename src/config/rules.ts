// Rules across settings, and rules that apply in production only. Bounds of a single setting belong
// to its definition.
import type { Config } from './derived.ts';
import { providersUnfitForProduction } from './kinds/sign-in-providers.ts';
import { isSet, type Environment } from './read-settings.ts';
import { allSettings, settings } from './settings.ts';
import { findTransportConflicts } from './transport-rules.ts';

/**
 * @param invalid names of settings whose value was already reported. The configuration contains their
 * defaults, which the operator did not choose.
 */
export function findConflicts(config: Config, invalid: ReadonlySet<string>): string[] {
  const faults = [];
  const areValid = (...names: string[]) => !names.some((name) => invalid.has(name));
  const sharesState = config.redisUrl !== undefined || config.shortLivedStore === 'postgres';
  const sharesStores = config.databaseUrl !== undefined && sharesState;
  if (config.workers > 1 && !sharesStores && areValid('DATABASE_URL', 'REDIS_URL')) {
    faults.push('WORKERS above 1 requires DATABASE_URL and REDIS_URL, which the workers share');
  }
  if (config.opsPort !== undefined && config.opsPort !== 0 && config.opsPort === config.port) {
    faults.push('OPS_PORT must differ from PORT');
  }
  if (areValid('SHORT_LIVED_STORE', 'DATABASE_URL', 'REDIS_URL'))
    faults.push(...findStoreConflicts(config));
  const isTooLong = config.sessionIdleSeconds > config.sessionMaxSeconds;
  if (isTooLong && areValid('SESSION_IDLE_SECONDS', 'SESSION_MAX_SECONDS')) {
    faults.push('SESSION_IDLE_SECONDS must not exceed SESSION_MAX_SECONDS');
  }
  return [...faults, ...findTransportConflicts(config, areValid)];
}

function findStoreConflicts({ shortLivedStore, databaseUrl, redisUrl }: Config): string[] {
  if (shortLivedStore === 'redis' && redisUrl === undefined) {
    return ['SHORT_LIVED_STORE=redis requires REDIS_URL'];
  }
  if (shortLivedStore !== 'postgres') return [];
  if (databaseUrl === undefined) return ['SHORT_LIVED_STORE=postgres requires DATABASE_URL'];
  if (redisUrl === undefined) return [];
  return ['REDIS_URL must not be set together with SHORT_LIVED_STORE=postgres'];
}

export function findUnfitForProduction(
  config: Config,
  env: Environment,
  invalid: ReadonlySet<string>,
): string[] {
  const faults = allSettings
    .filter(({ setting }) => setting.requiredInProduction && !isSet(setting, env))
    .filter(({ setting }) => setting !== settings.redisUrl || config.shortLivedStore !== 'postgres')
    .map(({ setting }) => `${setting.name} must be set in production`);
  const { issuer, issuerUrl } = config;
  const isChosen = isSet(settings.issuer, env) && !invalid.has('ISSUER');
  if (issuerUrl.protocol !== 'https:' && isChosen) {
    faults.push(`ISSUER must begin with https:// in production, not ${JSON.stringify(issuer)}`);
  }
  if (!hasRandomKeys(config)) {
    faults.push('ENCRYPTION_KEYS and COOKIE_KEYS must contain random keys in production');
  }
  if (config.clientRegistrationPkce === 'off') {
    faults.push('CLIENT_REGISTRATION_PKCE must not be off in production');
  }
  if (config.rateLimits === 'off') faults.push('RATE_LIMITS must be on in production');
  return [
    ...faults,
    ...findWeakHashing(config.argon2),
    ...providersUnfitForProduction(config.signInProviders),
  ];
}

/** Detects placeholders such as 32 zero bytes; random bytes rarely repeat. */
function hasRandomKeys({ encryptionKeys, cookieKeys }: Config): boolean {
  const keys = [
    ...encryptionKeys.map(({ key }) => key),
    ...cookieKeys.map((key) => Buffer.from(key, 'base64url')),
  ];
  return keys.every((key) => new Set(key).size >= 8);
}

/** In production, the recommended parameters are the minimum. */
function findWeakHashing({ memoryKib, iterations }: Config['argon2']): string[] {
  const minimum = settings.argon2.members;
  const faults = [];
  if (memoryKib < minimum.memoryKib.default) {
    faults.push(`ARGON2_MEMORY_KIB must be at least ${minimum.memoryKib.default} in production`);
  }
  if (iterations < minimum.iterations.default) {
    faults.push(`ARGON2_ITERATIONS must be at least ${minimum.iterations.default} in production`);
  }
  return faults;
}
