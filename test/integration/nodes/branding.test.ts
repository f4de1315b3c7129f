// The brand with two nodes: a change takes effect on every node within a second, even without a message.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { describeNodes } from '#test/support/faults/node-suite.ts';

/** Real time, because nodes use the system clock. */
const noticedWithinMilliseconds = 1000;
const by = { kind: 'operator' } as const;
const link = 'https://northwind.example/privacy';

describeNodes('the brand on two nodes', {}, (nodes) => {
  async function shows(): Promise<readonly boolean[]> {
    const { issuer } = nodes();
    const pages = nodes().nodes.map(async (node) =>
      (await node.send(`${issuer}/auth/sign-in`)).text(),
    );
    return (await Promise.all(pages)).map((html) => html.includes(link));
  }

  it('appears on all nodes within a second, and disappears after the reset', async () => {
    const { brandingAdministration } = nodes().services;
    await brandingAdministration.write({ links: { privacy: link } }, { by });
    await pause(noticedWithinMilliseconds);
    const stored = await shows();
    await nodes().services.db.knex('branding').delete();
    await pause(noticedWithinMilliseconds);

    assert.deepEqual(
      [stored, await shows()],
      [
        [true, true],
        [false, false],
      ],
    );
  });

  it('is replaced by only one of two concurrent operators', async () => {
    const { brandingAdministration } = nodes().services;
    const write = (font: string) =>
      brandingAdministration.write(
        { font },
        { by, check: (before) => assert.equal(before, undefined) },
      );

    const outcomes = await Promise.allSettled([write('serif'), write('rounded')]);

    const states = outcomes.map(({ status }) => status);
    assert.deepEqual(states.toSorted(), ['fulfilled', 'rejected']);
  });
});
