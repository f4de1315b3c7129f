// Which first statements are sent again after the loss of their connection. Real connections are
// lost in postgres-faults.test.ts; here the moment and the error are chosen.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import type { Pool } from 'pg';
import { createConnectionPool } from '#platform/database/pool/connections.ts';
import type { Connection } from '#platform/database/pool/guarded-connection.ts';
import { createTestLog } from '#test/support/services/databases.ts';

const refusedWrite = Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' });
const resetRead = Object.assign(new Error('read'), { code: 'ECONNRESET', syscall: 'read' });
const terminated = new Error('Connection terminated unexpectedly');
const shutDown = Object.assign(new Error('shutdown'), { code: '57P01', severity: 'FATAL' });
const timeout = new Error('Query read timeout');

describe('the first statement on a pooled connection', () => {
  it('is sent once more if its bytes were refused', async () => {
    const { connection, released } = await connectTo([refusedWrite]);

    await send(connection, 'update');
    connection.release();

    assert.deepEqual(released, [true, false]);
  });

  it('is sent again while other idle connections are closed too, but not forever', async () => {
    const refused = Array.from({ length: 20 }, () => refusedWrite);
    const { connection, released } = await connectTo(refused);

    await assert.rejects(send(connection, 'update'), { code: 'store_unavailable' });
    connection.release();

    assert.equal(released.length, 11);
  });

  it('is repeated if the server announced the end before it had bound the statement', async () => {
    const { connection, released } = await connectTo([shutDown, shutDown]);

    await send(connection, 'update');
    connection.release();

    assert.deepEqual(released, [true, true, false]);
  });

  it('is not repeated if the server had bound it, or has no such step for its text', async () => {
    for (const [text, isBound] of [
      ['update', true],
      ['update; update', false],
    ] as const) {
      const { connection } = await connectTo([shutDown], { isBound });

      await assert.rejects(send(connection, text), { code: 'store_unavailable' });
    }
  });

  for (const error of [resetRead, terminated, timeout]) {
    it(`is not repeated after "${error.message}", as it may have been executed`, async () => {
      const { connection, released } = await connectTo([error]);

      await assert.rejects(send(connection, 'update'), { code: 'store_unavailable' });
      connection.release();

      assert.deepEqual(released, [true]);
    });
  }

  for (const error of [refusedWrite, resetRead, terminated, shutDown]) {
    it(`is repeated after "${error.message}" if it begins a transaction`, async () => {
      const { connection } = await connectTo([error]);

      await send(connection, 'BEGIN;');
    });
  }

  it('is not followed by others that are repeated', async () => {
    const { connection } = await connectTo([undefined, refusedWrite]);

    await send(connection, 'BEGIN;');

    await assert.rejects(send(connection, 'update'), { code: 'store_unavailable' });
  });
});

/** A connection whose statements have these outcomes, in this order, and then succeed. */
async function connectTo(outcomes: readonly (Error | undefined)[], { isBound = false } = {}) {
  const left = [...outcomes];
  const released: boolean[] = [];
  const pool = Object.assign(new EventEmitter(), {
    options: {},
    async connect() {
      const client = Object.assign(new EventEmitter(), {
        connection: new EventEmitter(),
        query(query: { text: string }, callback: (error?: Error, result?: object) => void) {
          if (isBound) client.connection.emit('bindComplete');
          callback(left.shift(), { command: query.text });
        },
        release: (isBroken: boolean) => released.push(isBroken),
      });
      pool.emit('connect', client);
      return client;
    },
  });
  // The connection pool uses no other member of pg's pool.
  const fake = pool as unknown as Pool;
  const connection = await createConnectionPool({ pool: fake, log: createTestLog() }).connect();
  return { connection, released };
}

function send(connection: Connection, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.query({ text }, (error) => {
      if (error instanceof Error) reject(error);
      else resolve();
    });
  });
}
