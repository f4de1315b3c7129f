// The accepted forms of REDIS_URL.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRedisUrl } from '#platform/redis/redis-url.ts';

describe('REDIS_URL', () => {
  const good: readonly [url: string, target: object][] = [
    ['redis://db', server({ host: 'db', port: 6379 })],
    ['redis://db:7000/3', server({ host: 'db', port: 7000, db: 3 })],
    ['redis://[::1]:7000', server({ host: '::1', port: 7000 })],
    ['redis://:p%40ss@db', server({ host: 'db', port: 6379, password: 'p@ss' })],
    [
      'rediss://me:a:b@db/',
      server({ host: 'db', port: 6379, username: 'me', password: 'a:b', tls: {} }),
    ],
    ['unix:///run/redis.sock', server({ path: '/run/redis.sock' })],
    ['/run/redis.sock?database=2&prefix=blue', server({ path: '/run/redis.sock', db: 2 }, 'blue')],
    [
      'redis+sentinel://:pw@a,b:7/main/1?sentinel_password=watch',
      server({
        sentinels: [
          { host: 'a', port: 26379 },
          { host: 'b', port: 7 },
        ],
        name: 'main',
        db: 1,
        password: 'pw',
        sentinelPassword: 'watch',
      }),
    ],
    [
      'rediss+sentinel://a/main',
      server({
        sentinels: [{ host: 'a', port: 26379 }],
        name: 'main',
        tls: {},
        sentinelTLS: {},
        enableTLSForSentinelMode: true,
      }),
    ],
    [
      'rediss+cluster://u:p@a:1,b?prefix=x',
      {
        kind: 'cluster',
        prefix: 'x',
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 6379 },
        ],
        options: { username: 'u', password: 'p', tls: {} },
      },
    ],
  ];
  for (const [url, expected] of good) {
    it(`is accepted: ${url}`, () => {
      const { shownAs, ...target } = parseRedisUrl(url);

      assert.deepEqual(target, expected);
      assert.doesNotMatch(shownAs, /@|p%40ss|pw|watch/);
    });
  }

  const faulty = [
    '',
    'localhost:6379',
    'http://db',
    'redis://',
    'redis://a,b',
    'redis://db/x',
    'redis://db:0',
    'redis://db:99999',
    'redis://secret@db',
    'redis://:%zz-secret@db',
    'redis://:secret@db?secret=1',
    'redis://db?prefix=',
    'redis://db?prefix=a:b',
    'redis+sentinel://:secret@a',
    'redis+cluster://:secret@a/1',
    'redis+other://a',
  ];
  for (const url of faulty) {
    it(`is rejected without repeating it: ${url}`, () => {
      assert.throws(
        () => parseRedisUrl(url),
        (error: Error) => {
          assert.match(error.message, /^REDIS_URL /);
          assert.doesNotMatch(error.message, /secret@|=1|zz/);
          return true;
        },
      );
    });
  }
});

function server(options: object, prefix = 'ostiary'): object {
  return { kind: 'server', prefix, options: { db: 0, ...options } };
}
