// The open loop of the load generator counts the time that a request waits for slow ones before it
// (coordinated omission).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startArrivals, type Run } from '#bench/load/arrivals.ts';
import type { LoadConnection } from '#bench/load/connection.ts';

const connection: LoadConnection = {
  exchange: () => Promise.reject(new Error('Not used.')),
  close: () => undefined,
};

it('counts the time of a round from the moment at which it was due', async () => {
  const run: Run = { isOver: false, isMeasuring: true, refused: 0, milliseconds: [] };
  const roundMs = 40;
  const users: number[] = [];
  const play = async (_: LoadConnection, user: number) => {
    users.push(user);
    await pause(roundMs);
    run.isOver = run.milliseconds.length >= 4;
  };

  // One is due every 10 ms, but each takes 40 ms: the fifth waits for at least 120 ms.
  await startArrivals([connection], 100, play, run);

  const fifth = run.milliseconds[4] ?? 0;
  assert.ok(fifth >= roundMs * 5 - 10 * 4 - 5, `${fifth} ms`);
  assert.deepEqual(users.slice(0, 3), [0, 1, 2]);
});

it('ends with the error of a wrong response', async () => {
  const run: Run = { isOver: false, isMeasuring: true, refused: 0, milliseconds: [] };
  const play = () => Promise.reject(new Error('Wrong answer'));

  await assert.rejects(startArrivals([connection], 100, play, run), /Wrong answer/);
});
