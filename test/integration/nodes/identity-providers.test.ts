// Identity providers with two nodes: a change applies on every node within a second.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { describeNodes } from '#test/support/faults/node-suite.ts';

/** Real time, because nodes use the system clock. */
const noticedWithinMilliseconds = 1000;
const by = { kind: 'operator' } as const;
const entry = {
  id: 'corp',
  name: 'Example Corp',
  issuer: 'https://login.example.com',
  client_id: 'ostiary',
};
const made = { entry, secret: { client_secret: 's3cret' }, enabled: true };

describeNodes('identity providers on two nodes', {}, (nodes) => {
  async function offers(): Promise<readonly boolean[]> {
    const pages = nodes().nodes.map((node) => nodes().browser(node).open('/auth/sign-in'));
    return (await Promise.all(pages)).map(({ text }) => text.includes('Example Corp'));
  }

  it('are offered, and no longer offered, on all nodes within a second', async () => {
    const { identityProviders } = nodes().services;
    await identityProviders.create(made, by);
    await pause(noticedWithinMilliseconds);
    const created = await offers();
    await identityProviders.update('corp', { enabled: false }, { by });
    await pause(noticedWithinMilliseconds);

    const disabled = await offers();

    assert.deepEqual(created, [true, true]);
    assert.deepEqual(disabled, [false, false]);
  });

  it('are noticed within a second when no message is received', async () => {
    const { db } = nodes().services;

    await db.knex('identity_providers').where({ id: 'corp' }).update({
      enabled: true,
      revision: '00000000-0000-4000-8000-000000000001',
    });
    await pause(noticedWithinMilliseconds);

    assert.deepEqual(await offers(), [true, true]);
  });

  it('are changed by only one of two concurrent operators', async () => {
    const { identityProviders } = nodes().services;
    const before = await identityProviders.find('corp');
    const rename = (name: string) =>
      identityProviders.update(
        'corp',
        { name },
        {
          by,
          check: ({ revision }) => assert.equal(revision, before.revision),
        },
      );

    const outcomes = await Promise.allSettled([rename('One'), rename('Two')]);

    assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  });
});
