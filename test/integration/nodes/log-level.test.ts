// The temporary log level on two nodes: each applies it within a second, and ends it by its own clock.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Node } from '#test/support/faults/nodes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';

/** Real time, because nodes use the system clock. */
const noticedWithinMilliseconds = 1000;
const by = { kind: 'operator' } as const;
const settings = { LOG_LEVEL: 'warn' };

describeNodes('the level of the log on two nodes', { settings }, (nodes) => {
  /** Number of lines that each node writes about one request to the page. */
  async function linesPerNode(path: string): Promise<readonly number[]> {
    return Promise.all(nodes().nodes.map((node) => linesAbout(node, path)));
  }

  async function linesAbout(node: Node, path: string): Promise<number> {
    const answer = await node.send(`${nodes().issuer}${path}`);
    await answer.text();
    // The log gathers lines for 20 milliseconds.
    await pause(200);
    const id = String(answer.headers.get('x-request-id'));
    return node
      .log()
      .split('\n')
      .filter((line) => line.includes(id)).length;
  }

  it('changes on all nodes within a second, and ends by itself', async () => {
    const before = await linesPerNode('/auth/sign-in');
    await nodes().services.logging.set({ level: 'info', seconds: 3 }, by);
    await pause(noticedWithinMilliseconds);
    const during = await linesPerNode('/auth/sign-in');
    await pause(2000);

    assert.deepEqual(before, [0, 0]);
    assert.deepEqual(during, [1, 1]);
    assert.deepEqual(await linesPerNode('/auth/sign-in'), [0, 0]);
  });

  it('changes for one route only, and ends at once', async () => {
    const { logging } = nodes().services;
    const filter = { by: 'route', value: 'GET /auth/sign-in' } as const;
    await logging.set({ level: 'debug', seconds: 60, filter }, by);
    await pause(noticedWithinMilliseconds);
    const wanted = await linesPerNode('/auth/sign-in');
    const other = await linesPerNode('/auth/register');
    await logging.reset(by);
    await pause(noticedWithinMilliseconds);

    assert.ok(
      wanted.every((count) => count > 0),
      String(wanted),
    );
    assert.deepEqual(other, [0, 0]);
    assert.deepEqual(await linesPerNode('/auth/sign-in'), [0, 0]);
  });
});
