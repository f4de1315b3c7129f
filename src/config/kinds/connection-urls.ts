// URLs of PostgreSQL, Redis and the mail server. They contain passwords, so they are secrets.
import { parseRedisUrl } from '#platform/redis/redis-url.ts';
import { parseSmtpUrl } from '#platform/outbound/smtp-url.ts';
import type { Kind } from '#config/setting.ts';

export const postgresUrl: Kind<string> = {
  values:
    '`postgres://user:password@host:5432/database`, or ' +
    '`postgres://user@/database?host=/directory` for a socket',
  secret: true,
  parse(text) {
    // Looser than URL: without a host, the socket directory is a query parameter.
    if (/^postgres(?:ql)?:\/\/[^/\s#]*\/[^/\s#]+$/.test(text.replace(/\?.*$/s, ''))) return text;
    throw new Error('must look like postgres://user:password@host:5432/database');
  },
  mask: showPostgresUrl,
};

/** Shows host and database; omits user, password and parameters. */
export function showPostgresUrl(text: string): string {
  const url = URL.parse(text);
  if (url) return `${url.protocol}//${url.host}${url.pathname}`;
  // A URL with a local socket has no host, and URL.parse rejects it.
  const [, name] = /^postgres(?:ql)?:\/\/[^/@]*@?\/([\w-]+)\?/.exec(text) ?? [];
  return name === undefined ? 'set' : `postgres:///${name}`;
}

export const redisUrl: Kind<string> = {
  values:
    '`redis://host:6379/0`, `unix:///path/redis.sock`, `redis+sentinel://host,host/name` or ' +
    '`redis+cluster://host,host`; `rediss` for TLS; `?prefix=word` in a shared Redis',
  secret: true,
  parse(text) {
    try {
      parseRedisUrl(text);
      return text;
    } catch (cause) {
      // The parser's own messages begin with the name of the setting.
      const why = cause instanceof Error ? cause.message.replace(/^REDIS_URL /, '') : 'invalid';
      throw new Error(why, { cause });
    }
  },
  mask: (text) => parseRedisUrl(text).shownAs,
};

export const smtpUrl: Kind<string> = {
  values: '`smtp://user:password@host:587` (STARTTLS) or `smtps://user:password@host:465`',
  secret: true,
  parse(text) {
    parseSmtpUrl(text);
    return text;
  },
};
