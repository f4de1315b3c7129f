// Clients that refresh at all nodes in turn, and repeat a request at the next node if one does not respond.
import { setTimeout as pause } from 'node:timers/promises';
import type { Login, RelyingParty } from '#test/support/actors/relying-party.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import type { Nodes } from './nodes.ts';

const pauseMilliseconds = 50;

interface Refreshing {
  readonly rp: RelyingParty;
  readonly logins: readonly Login[];
}

export async function startRefreshing(t: CleanUp, nodes: Nodes, { rp, logins }: Refreshing) {
  const atEach = await Promise.all(nodes.nodes.map(({ send }) => rp.through(send)));
  const failures: string[] = [];
  const over = new AbortController();
  const counts = logins.map(() => 0);

  async function run(login: Login, index: number): Promise<void> {
    let { refreshToken } = login;
    for (let turn = index; !over.signal.aborted; turn += 1) {
      const answer = await atEach[turn % atEach.length]
        ?.tryRefresh(refreshToken)
        .catch(() => undefined);
      const next = answer?.status === 200 ? answer.body['refresh_token'] : undefined;
      if (typeof next === 'string') {
        refreshToken = next;
        counts[index] = (counts[index] ?? 0) + 1;
      } else if (answer?.status === 400) failures.push(answer.text);
      await pause(pauseMilliseconds);
    }
  }

  const running = logins.map(run);
  const stop = async (): Promise<void> => {
    over.abort();
    await Promise.all(running);
  };
  t.after(stop);
  return {
    failures,
    stop,
    /** Resolves when every client has refreshed at every node since. */
    async everywhere(): Promise<void> {
      const goals = counts.map((count) => count + 2 * atEach.length);
      const isBehind = () =>
        failures.length === 0 && counts.some((count, index) => count < (goals[index] ?? 0));
      while (isBehind()) await pause(pauseMilliseconds);
    },
  };
}
