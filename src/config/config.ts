// Builds the validated Config from the environment and reports all errors at once. The settings are
// defined in settings.ts; development keys are generated in development-keys.ts.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { AppError } from '#platform/errors.ts';
import type { EncryptionKey } from '#platform/crypto/encryption.ts';
import { findAccidentalExposure, mayShowDevelopmentPages } from './exposure.ts';
import { readAccountPolicy, type AccountPolicyConfig } from './user-settings.ts';
import { providersUnfitForProduction, type ProviderConfig } from './federation-settings.ts';
import type { Reader, Setting } from './setting-kinds.ts';
import { defaults, settings } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Config extends AccountPolicyConfig, ProviderConfig {
  readonly environment: 'development' | 'production';
  /** Without a trailing slash; the `iss` of every token. */
  readonly issuer: string;
  readonly issuerUrl: URL;
  readonly host: string;
  readonly port: number;
  readonly databaseUrl?: string;
  readonly redisUrl?: string;
  readonly smtpUrl?: string;
  /** Address of the sender of mail, without a display name. */
  readonly mailFrom: string;
  /** The first encrypts, all decrypt. */
  readonly encryptionKeys: readonly EncryptionKey[];
  /** The first signs, all verify. */
  readonly cookieKeys: readonly string[];
  /** Proxy addresses and networks whose X-Forwarded headers are trusted. */
  readonly trustedProxies: readonly string[];
  readonly rateLimits: 'on' | 'off';
  readonly workers: number;
  readonly logLevel: string;
  readonly refreshLeewaySeconds: number;
  /** Absolute lifetime of a refresh token family; rotation never extends it. */
  readonly refreshTokenSeconds: number;
  readonly accessTokenSeconds: number;
  readonly sessionIdleSeconds: number;
  readonly sessionMaxSeconds: number;
  readonly requirePkce: 'all' | 'public';
  /** Private addresses and networks that outbound requests may reach. */
  readonly outboundAllow: readonly string[];
  readonly dataDirectory: string;
  readonly productName: string;
  /** In code points. */
  readonly minimumPasswordLength: number;
  readonly argon2: Argon2Config;
  /** Time in which requests in progress may finish after SIGTERM. */
  readonly stopSeconds: number;
  /**
   * Whether the playground and, without SMTP_URL, captured mail are shown. This is limited to
   * development on a server that only this machine can reach, because captured mail includes
   * sign-in links.
   */
  readonly developmentPages: boolean;
}

export interface Argon2Config {
  readonly memoryKib: number;
  readonly iterations: number;
  readonly parallelism: number;
  /** Maximum number of queued hashes; further ones are refused. */
  readonly queueLimit: number;
}

/**
 * Returns the whole configuration.
 * @throws AppError `invalid_input` that lists every error
 */
export function readConfig(env: Environment): Config {
  const faults: string[] = [];
  const read = <Value>(setting: Setting<Value>) => readSetting(env, setting, faults);
  const chosen = read(settings.environment);
  const environment = chosen === 'production' ? 'production' : 'development';
  const config = assemble(environment, read);

  faults.push(...findConflicts(config, env));
  if (chosen === undefined) faults.push(...findAccidentalExposure(config));
  if (environment === 'production') faults.push(...findUnfitForProduction(config, env));
  if (faults.length > 0) throw new AppError('invalid_input', describeFaults(faults));
  return config;
}

function assemble(environment: Config['environment'], read: Reader): Config {
  const port = read(settings.port) ?? defaults.port;
  const issuer = read(settings.issuer) ?? `http://localhost:${port}`;
  const stores = readStores(read);
  const smtpUrl = read(settings.smtpUrl);
  const host = read(settings.host) ?? (environment === 'production' ? '0.0.0.0' : '127.0.0.1');
  const developmentPages = mayShowDevelopmentPages({ environment, issuer, host });
  const hasBothStores = 'databaseUrl' in stores && 'redisUrl' in stores;

  return {
    environment,
    issuer,
    issuerUrl: new URL(issuer),
    host,
    port,
    ...stores,
    ...(smtpUrl === undefined ? {} : { smtpUrl }),
    mailFrom: read(settings.mailFrom) ?? defaultSender(issuer),
    encryptionKeys: read(settings.encryptionKeys) ?? [],
    cookieKeys: read(settings.cookieKeys) ?? [],
    trustedProxies: read(settings.trustedProxies) ?? [],
    outboundAllow: read(settings.outboundAllow) ?? [],
    ...readAccountPolicy(read, smtpUrl !== undefined || !developmentPages),
    signInProviders: read(settings.signInProviders) ?? [],
    rateLimits: read(settings.rateLimits) ?? 'on',
    workers: read(settings.workers) ?? (hasBothStores ? availableParallelism() : 1),
    logLevel: read(settings.logLevel) ?? 'info',
    ...readLifetimes(read),
    requirePkce: read(settings.requirePkce) ?? 'all',
    dataDirectory: read(settings.dataDirectory) ?? defaults.dataDirectory,
    productName: read(settings.productName) ?? defaults.productName,
    minimumPasswordLength: read(settings.minimumPasswordLength) ?? defaults.minimumPasswordLength,
    argon2: readArgon2(read),
    stopSeconds: read(settings.stopSeconds) ?? defaults.stopSeconds,
    developmentPages,
  };
}

/** Mail cannot be sent from an address whose domain is an IP address. */
function defaultSender(issuer: string): string {
  const { hostname } = new URL(issuer);
  return `no-reply@${/^[\d.]+$|:/.test(hostname) ? 'localhost' : hostname}`;
}

function readStores(read: Reader): Pick<Config, 'databaseUrl' | 'redisUrl'> {
  const databaseUrl = read(settings.databaseUrl);
  const redisUrl = read(settings.redisUrl);
  return {
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(redisUrl === undefined ? {} : { redisUrl }),
  };
}

function readLifetimes(read: Reader) {
  return {
    accessTokenSeconds: read(settings.accessTokenSeconds) ?? defaults.accessTokenSeconds,
    refreshTokenSeconds: read(settings.refreshTokenSeconds) ?? defaults.refreshTokenSeconds,
    refreshLeewaySeconds: read(settings.refreshLeewaySeconds) ?? defaults.refreshLeewaySeconds,
    sessionIdleSeconds: read(settings.sessionIdleSeconds) ?? defaults.sessionIdleSeconds,
    sessionMaxSeconds: read(settings.sessionMaxSeconds) ?? defaults.sessionMaxSeconds,
  };
}

function readArgon2(read: Reader): Argon2Config {
  return {
    memoryKib: read(settings.memoryKib) ?? defaults.argon2.memoryKib,
    iterations: read(settings.iterations) ?? defaults.argon2.iterations,
    parallelism: read(settings.parallelism) ?? defaults.argon2.parallelism,
    queueLimit: read(settings.queueLimit) ?? defaults.argon2.queueLimit,
  };
}

/** The value of a setting; undefined when it is unset (empty counts as unset) or invalid. */
function readSetting<Value>(
  env: Environment,
  setting: Setting<Value>,
  faults: string[],
): Value | undefined {
  try {
    const text = readText(env, setting.name);
    if (text === '') return undefined;
    try {
      return setting.read(text);
    } catch (cause) {
      const shown = setting.secret ? '' : `, not ${JSON.stringify(text.slice(0, 100))}`;
      throw new Error(`${messageOf(cause)}${shown}`, { cause });
    }
  } catch (fault) {
    faults.push(`${setting.name} ${messageOf(fault)}`);
    return undefined;
  }
}

/**
 * The value of NAME, or the content of the file named by NAME_FILE, without surrounding whitespace.
 */
function readText(env: Environment, name: string): string {
  const text = env[name]?.trim() ?? '';
  const path = env[`${name}_FILE`]?.trim() ?? '';
  if (path === '') return text;
  if (text !== '') throw new Error(`and ${name}_FILE are both set; keep one of them`);
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new Error(`cannot be read from ${JSON.stringify(path)} (${why})`, { cause });
  }
}

function findConflicts(config: Config, env: Environment): string[] {
  const faults = [];
  if (!env['TERMS_URL']?.trim() !== !env['TERMS_VERSION']?.trim()) {
    faults.push('TERMS_URL and TERMS_VERSION must be set together');
  }
  if (config.workers > 1 && !(config.databaseUrl && config.redisUrl)) {
    faults.push('WORKERS above 1 requires DATABASE_URL and REDIS_URL, which the workers share');
  }
  if (config.sessionIdleSeconds > config.sessionMaxSeconds) {
    faults.push('SESSION_IDLE_SECONDS must not exceed SESSION_MAX_SECONDS');
  }
  return faults;
}

function findUnfitForProduction(config: Config, env: Environment): string[] {
  const required = ['ISSUER', 'DATABASE_URL', 'REDIS_URL', 'ENCRYPTION_KEYS', 'COOKIE_KEYS'];
  const faults = required
    .filter((name) => !env[name]?.trim() && !env[`${name}_FILE`]?.trim())
    .map((name) => `${name} must be set in production`);
  const { issuer, issuerUrl, argon2 } = config;
  if (issuerUrl.protocol !== 'https:' && (env['ISSUER'] || env['ISSUER_FILE'])) {
    faults.push(`ISSUER must begin with https:// in production, not ${JSON.stringify(issuer)}`);
  }
  const keys = [
    ...config.encryptionKeys.map(({ key }) => key),
    ...config.cookieKeys.map((key) => Buffer.from(key, 'base64url')),
  ];
  // Detects placeholders such as 32 zero bytes; random bytes rarely repeat.
  if (keys.some((key) => new Set(key).size < 8)) {
    faults.push('ENCRYPTION_KEYS and COOKIE_KEYS must contain random keys in production');
  }
  if (config.rateLimits === 'off') faults.push('RATE_LIMITS must be on in production');
  if (argon2.memoryKib < defaults.argon2.memoryKib) {
    faults.push(`ARGON2_MEMORY_KIB must be at least ${defaults.argon2.memoryKib} in production`);
  }
  if (argon2.iterations < defaults.argon2.iterations) {
    faults.push(`ARGON2_ITERATIONS must be at least ${defaults.argon2.iterations} in production`);
  }
  return [...faults, ...providersUnfitForProduction(config.signInProviders)];
}

function describeFaults(faults: readonly string[]): string {
  const count = faults.length === 1 ? '1 error' : `${faults.length} errors`;
  return `Invalid configuration (${count}):\n${faults.map((fault) => `- ${fault}.`).join('\n')}`;
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
