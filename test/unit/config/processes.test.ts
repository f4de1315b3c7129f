// Settings of the processes of a node.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from '#config/config.ts';
import { faultsOf, production } from '#test/support/data/production-settings.ts';

describe('OPS_PORT', () => {
  it('must differ from PORT', () => {
    assert.equal(faultsOf({ PORT: '4000', OPS_PORT: '4000' }).length, 1);
    assert.equal(readConfig({ PORT: '4000', OPS_PORT: '4001' }).opsHost, '127.0.0.1');
  });
});

describe('WORKERS above 1', () => {
  it('requires PostgreSQL and Redis', () => {
    const { DATABASE_URL, REDIS_URL } = production;

    assert.equal(faultsOf({ WORKERS: '2' }).length, 1);
    assert.equal(faultsOf({ WORKERS: '2', DATABASE_URL }).length, 1);
    assert.equal(faultsOf({ WORKERS: '2', REDIS_URL }).length, 1);
    assert.equal(readConfig({ WORKERS: '2', DATABASE_URL, REDIS_URL }).workers, 2);
    assert.equal(readConfig({ DATABASE_URL }).workers, 1);
  });
});
