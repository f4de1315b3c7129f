// Notifications of PostgreSQL, which are received on a connection of their own.
import assert from 'node:assert/strict';
import { it, describe } from 'node:test';
import { createLog } from '#platform/logging/log.ts';
import { openListener } from '#platform/database/listener.ts';
import { until } from '#test/support/faults/fault-suite.ts';
import { administer, createDatabase } from '#test/support/services/databases.ts';

describe('a listener whose connection ends', () => {
  it('connects again, says that it may have missed something, and logs the loss', async (t) => {
    const url = await createDatabase(t);
    const heard: string[] = [];
    const lines: string[] = [];
    let missed = 0;
    const listener = openListener({
      url,
      log: createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } }),
      channel: 'test_channel',
      subscriber: {
        hear: (payload) => void heard.push(payload),
        missed: () => void (missed += 1),
      },
    });
    t.after(() => listener.close());
    await until('listening', async () => missed === 1);

    await administer(
      url,
      `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'ostiary changes' and datname = current_database()`,
    );
    await until('listening again', async () => missed === 2);
    await administer(url, `notify test_channel, 'later'`);
    await until('heard', async () => heard.length > 0);

    assert.deepEqual(heard, ['later']);
    const logged = lines.filter((line) => line.includes('"event":"database.listener_lost"'));
    assert.equal(logged.length, 1);
    assert.match(logged.join(), /terminating connection due to administrator command/);
  });
});
