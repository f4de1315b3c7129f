// Settings that production requires, and the errors of invalid ones.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type Environment, readConfig } from '#config/config.ts';

export const key = randomBytes(32).toString('base64');
export const cookieKey = randomBytes(32).toString('base64url');
export const production = {
  NODE_ENV: 'production',
  ISSUER: 'https://id.example.com',
  DATABASE_URL: 'postgres://ostiary:pw@db/ostiary',
  REDIS_URL: 'rediss://:pw@cache:6380/1',
  ENCRYPTION_KEYS: `a:${key}`,
  COOKIE_KEYS: cookieKey,
};

/** The lines of the error message, one per invalid setting. */
export function faultsOf(env: Environment): string[] {
  try {
    readConfig(env);
  } catch (error) {
    assert.ok(error instanceof Error);
    return error.message.split('\n').slice(1);
  }
  return [];
}
