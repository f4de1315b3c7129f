// The open loop: rounds are due at regular intervals, whether or not earlier ones are complete, like requests
// of independent users. A round that finds no free connection waits, and its time counts from the moment at
// which it was due. A closed loop would send nothing while the server is slow, and so miss the longest waits.
import { setTimeout as pause } from 'node:timers/promises';
import type { LoadConnection } from './connection.ts';

export interface Run {
  isOver: boolean;
  isMeasuring: boolean;
  refused: number;
  readonly milliseconds: number[];
}

/** Plays one round as this user on a connection. */
export type Play = (connection: LoadConnection, user: number) => Promise<void>;

interface Free {
  readonly connection: LoadConnection;
  /** The users of a connection play one at a time, because a refresh token is used once. */
  user: number;
}

/** Beyond this number of waiting rounds, the server is overloaded and the measurement is void. */
const maxWaiting = 20_000;

/** Ends when the run is over and all started rounds are complete. Its resolution is one millisecond. */
export async function startArrivals(
  connections: readonly LoadConnection[],
  perSecond: number,
  play: Play,
  run: Run,
): Promise<void> {
  const free: Free[] = connections.map((connection, user) => ({ connection, user }));
  const waiting: number[] = [];
  const distance = 1000 / perSecond;
  let failure: unknown;

  async function serve(place: Free, first: number): Promise<void> {
    for (let dueAt: number | undefined = first; dueAt !== undefined; dueAt = waiting.shift()) {
      try {
        await play(place.connection, place.user);
      } catch (error) {
        failure ??= error;
      }
      if (run.isMeasuring) run.milliseconds.push(performance.now() - dueAt);
      place.user += connections.length;
    }
    free.push(place);
  }

  let dueAt = performance.now();
  while (!run.isOver) {
    for (const now = performance.now(); dueAt <= now; dueAt += distance) {
      const place = free.shift();
      if (place) void serve(place, dueAt);
      else waiting.push(dueAt);
    }
    if (failure) throw failure;
    if (waiting.length > maxWaiting) throw new Error('The server does not keep up.');
    await pause(1);
  }
  waiting.length = 0;
  while (free.length < connections.length) await pause(1);
}
