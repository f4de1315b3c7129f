// Every setting; docs/configuration.md is generated from it. Rules across settings are in config.ts.
import { parseRedisUrl } from '#platform/redis/redis-url.ts';
import { parseSmtpUrl } from '#platform/outbound/smtp-url.ts';
import { peopleSettings } from './user-settings.ts';
import { providerSettings } from './federation-settings.ts';
import {
  choice,
  cookieKeys,
  encryptionKeys,
  issuerUrl,
  networks,
  storeUrl,
  wholeNumber,
  words,
} from './setting-kinds.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/** Defaults; argon2 as recommended by OWASP (19 MiB, 2 passes, 1 lane). */
export const defaults = {
  port: 3000,
  accessTokenSeconds: hour,
  refreshTokenSeconds: 30 * day,
  refreshLeewaySeconds: 10,
  sessionIdleSeconds: 7 * day,
  sessionMaxSeconds: 30 * day,
  minimumPasswordLength: 15,
  argon2: { memoryKib: 19_456, iterations: 2, parallelism: 1, queueLimit: 100 },
  stopSeconds: 10,
  dataDirectory: '.ostiary',
  productName: 'Ostiary',
} as const;

export const settings = {
  environment: choice('NODE_ENV', {
    meaning:
      '`production` refuses embedded parts, generated keys, an http issuer and development pages. ' +
      '`test` behaves like `development`, which shows its pages (`/auth/playground`, ' +
      '`/auth/dev/mail`) only while `ISSUER` and `HOST` are both loopback.',
    unset:
      '`development`; the server refuses to start when `ISSUER` or `HOST` is not loopback and ' +
      '`SMTP_URL` is unset',
    options: ['development', 'production', 'test'],
  }),
  issuer: issuerUrl('ISSUER', {
    meaning:
      'The public URL of this provider, as clients know it. Requests for another host are refused.',
    unset: '`http://localhost:` and the port',
  }),
  host: words('HOST', {
    meaning: 'The address to listen on.',
    unset: '`127.0.0.1`; `0.0.0.0` in production',
    bounds: 'an address or host name',
    pattern: /^[\w.:-]{1,253}$/,
  }),
  port: wholeNumber('PORT', {
    meaning: 'The port to listen on; 0 selects any free port.',
    unset: `${defaults.port}`,
    min: 0,
    max: 65_535,
  }),
  databaseUrl: storeUrl('DATABASE_URL', {
    meaning: 'PostgreSQL 15 or newer, which stores all durable data.',
    unset: 'an embedded database in the data directory',
    bounds:
      '`postgres://user:password@host:5432/database`, or ' +
      '`postgres://user@/database?host=/directory` for a socket',
    check: checkPostgresUrl,
  }),
  redisUrl: storeUrl('REDIS_URL', {
    meaning: 'Redis 7 or newer, or Valkey, for short-lived state.',
    unset: 'memory of the single process',
    bounds:
      '`redis://host:6379/0`, `unix:///path/redis.sock`, `redis+sentinel://host,host/name` or ' +
      '`redis+cluster://host,host`; `rediss` for TLS; `?prefix=word` in a shared Redis',
    check: checkRedisUrl,
  }),
  smtpUrl: storeUrl('SMTP_URL', {
    meaning:
      'The mail server. A password is only sent over TLS, unless `?tls=optional` allows ' +
      'it without.',
    unset:
      'mail is shown at `/auth/dev/mail` in development while `ISSUER` and `HOST` are loopback; ' +
      'elsewhere it stays queued for at most 7 days',
    bounds: '`smtp://user:password@host:587` (STARTTLS) or `smtps://user:password@host:465`',
    check: parseSmtpUrl,
  }),
  mailFrom: words('MAIL_FROM', {
    meaning: 'The sender of mail; the product name is its display name.',
    unset: '`no-reply@` and the host name of the issuer',
    bounds: 'an email address',
    pattern: /^(?!.{255})[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]+(\.[\w-]+)*$/,
  }),
  encryptionKeys: encryptionKeys('ENCRYPTION_KEYS', {
    meaning: 'Keys for secrets in the database. The first encrypts, all decrypt.',
    unset: 'generated and stored in the data directory',
  }),
  cookieKeys: cookieKeys('COOKIE_KEYS', {
    meaning: 'Keys that sign cookies. The first signs, all verify.',
    unset: 'generated and stored in the data directory',
  }),
  trustedProxies: networks('TRUSTED_PROXIES', {
    meaning: 'Reverse proxies whose X-Forwarded headers are trusted.',
    unset: 'none',
  }),
  outboundAllow: networks('OUTBOUND_ALLOW', {
    meaning: 'Private addresses that outbound requests may reach.',
    unset: 'none',
  }),
  workers: wholeNumber('WORKERS', {
    meaning:
      'Processes that answer requests. More than one requires `DATABASE_URL` and `REDIS_URL`.',
    unset: 'the number of CPU cores; 1 without `DATABASE_URL` or `REDIS_URL`',
    unit: 'processes',
    min: 1,
    max: 256,
  }),
  ...peopleSettings,
  ...providerSettings,
  rateLimits: choice('RATE_LIMITS', {
    meaning: 'Whether requests and sign-in attempts are rate limited; `off` is for tests only.',
    unset: '`on`',
    options: ['on', 'off'],
  }),
  productName: words('PRODUCT_NAME', {
    meaning: 'The name shown to users on pages and in mail.',
    unset: `\`${defaults.productName}\``,
    bounds: '1 to 60 letters, digits, spaces and punctuation, without < and >',
    pattern: /^(?! )[^\p{C}\p{Zl}\p{Zp}<>]{1,60}(?<! )$/u,
  }),
  requirePkce: choice('REQUIRE_PKCE', {
    meaning:
      'Default of `require_pkce` for a new client. `all`: `true`. `public`: `false` for confidential clients, which may use a nonce instead (RFC 9700 §2.1.1). Registered clients keep their value; public ones and those that require PAR or DPoP always use PKCE.',
    unset: '`all`',
    options: ['all', 'public'],
  }),
  accessTokenSeconds: wholeNumber('ACCESS_TOKEN_SECONDS', {
    meaning: 'Lifetime of an access token, unless its API resource sets another.',
    unset: `${defaults.accessTokenSeconds} (1 hour)`,
    unit: 'seconds',
    min: 1,
    max: day,
  }),
  refreshTokenSeconds: wholeNumber('REFRESH_TOKEN_SECONDS', {
    meaning: 'Lifetime of a refresh token family, from its first token; rotation never extends it.',
    unset: `${defaults.refreshTokenSeconds} (30 days)`,
    unit: 'seconds',
    min: 1,
    max: year,
  }),
  refreshLeewaySeconds: wholeNumber('REFRESH_LEEWAY_SECONDS', {
    meaning:
      'How long a retried refresh gets the same successor; 0 treats every retry as token reuse.',
    unset: `${defaults.refreshLeewaySeconds}`,
    unit: 'seconds',
    min: 0,
    max: minute,
  }),
  sessionIdleSeconds: wholeNumber('SESSION_IDLE_SECONDS', {
    meaning:
      'A browser session ends after this idle time, at most a minute earlier ' +
      '(NIST AAL2: 1 hour).',
    unset: `${defaults.sessionIdleSeconds} (7 days)`,
    unit: 'seconds',
    min: 1,
    max: year,
  }),
  sessionMaxSeconds: wholeNumber('SESSION_MAX_SECONDS', {
    meaning: 'A browser session ends after this time in any case (NIST AAL2: 24 hours).',
    unset: `${defaults.sessionMaxSeconds} (30 days)`,
    unit: 'seconds',
    min: 1,
    max: year,
  }),
  minimumPasswordLength: wholeNumber('MINIMUM_PASSWORD_LENGTH', {
    meaning: 'Minimum password length; NIST SP 800-63B requires 15 when it is the only factor.',
    unset: `${defaults.minimumPasswordLength}`,
    unit: 'characters',
    min: 8,
    max: 64,
  }),
  memoryKib: wholeNumber('ARGON2_MEMORY_KIB', {
    meaning: 'Memory for one password hash (argon2id); at least 19456 in production.',
    unset: `${defaults.argon2.memoryKib}`,
    unit: 'KiB',
    min: 64,
    max: 4_194_304,
  }),
  iterations: wholeNumber('ARGON2_ITERATIONS', {
    meaning: 'Passes over that memory; at least 2 in production.',
    unset: `${defaults.argon2.iterations}`,
    unit: 'passes',
    min: 1,
    max: 100,
  }),
  parallelism: wholeNumber('ARGON2_PARALLELISM', {
    meaning: 'Lanes of one password hash.',
    unset: `${defaults.argon2.parallelism}`,
    unit: 'lanes',
    min: 1,
    max: 8,
  }),
  queueLimit: wholeNumber('PASSWORD_QUEUE_LIMIT', {
    meaning: 'Maximum number of queued password checks; further ones are refused with status 503.',
    unset: `${defaults.argon2.queueLimit}`,
    unit: 'passwords per process',
    min: 1,
    max: 10_000,
  }),
  logLevel: choice('LOG_LEVEL', {
    meaning: 'The least severe level that is logged.',
    unset: '`info`',
    options: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
  }),
  dataDirectory: words('DATA_DIRECTORY', {
    meaning:
      'Where the embedded database and generated keys are stored. It must belong to the account ' +
      'that runs Ostiary, and no other may write to it.',
    unset: `\`${defaults.dataDirectory}\``,
    bounds: 'a path',
    pattern: /^[^\0]{1,1024}$/,
  }),
  stopSeconds: wholeNumber('STOP_SECONDS', {
    meaning: 'Time in which requests in progress may finish when the process is stopped.',
    unset: `${defaults.stopSeconds}`,
    unit: 'seconds',
    min: 1,
    max: 300,
  }),
} as const;

function checkPostgresUrl(text: string): void {
  // Looser than URL: without a host, the socket directory is a query parameter.
  if (/^postgres(?:ql)?:\/\/[^/\s#]*\/[^/\s#]+$/.test(text.replace(/\?.*$/s, ''))) return;
  throw new Error('must look like postgres://user:password@host:5432/database');
}

/** The parser's own messages begin with the name of the setting. */
function checkRedisUrl(text: string): void {
  try {
    parseRedisUrl(text);
  } catch (cause) {
    throw new Error(cause instanceof Error ? cause.message.replace(/^REDIS_URL /, '') : 'invalid', {
      cause,
    });
  }
}
