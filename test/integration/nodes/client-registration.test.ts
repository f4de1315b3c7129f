// A client that registers itself at one node is known to the others at once, and so is its deletion.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createRelyingParty } from '#test/support/actors/relying-party.ts';
import { offline } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import {
  createRegistrationClient,
  identityOf,
  webClient,
} from '#test/support/steps/client-registration.ts';

/** Far above the second that is promised, so that a busy machine does not fail the test. */
const patienceMilliseconds = 5000;

describeNodes(
  'client registration on two nodes',
  { settings: { CLIENT_REGISTRATION: 'open' } },
  (nodes) => {
    it('is known to the other node as soon as the response is sent', async () => {
      const { issuer } = nodes();
      const here = createRegistrationClient({ issuer, send: nodes().at(0).send });
      const answer = await here.register({
        ...webClient,
        grant_types: ['authorization_code', 'refresh_token'],
      });

      const { send } = nodes().at(1);
      const rp = await createRelyingParty({ issuer, send, app: identityOf(answer) });
      const login = await rp.login(await nodes().createUser(), offline);
      assert.equal((await rp.tryRefresh(login.refreshToken)).status, 200);

      const there = createRegistrationClient({ issuer, send });
      assert.equal((await there.remove(answer.body)).status, 204);
      const deletedAt = Date.now();
      const first = await createRelyingParty({
        issuer,
        send: nodes().at(0).send,
        app: identityOf(answer),
      });
      await refusedWithin(deletedAt, () => first.tryUserinfo(login.accessToken));
    });

    it('registers each client once when both nodes register at the same time', async () => {
      const { issuer, services } = nodes();
      const clients = nodes().nodes.map(({ send }) => createRegistrationClient({ issuer, send }));
      const { db } = services;
      const before = Number((await db.knex('client_registrations').count())[0]?.['count']);

      const answers = await Promise.all(
        [...clients, ...clients].map((client) => client.register(webClient)),
      );

      assert.deepEqual(
        answers.map((answer) => answer.status),
        [201, 201, 201, 201],
      );
      const ids = new Set(answers.map((answer) => answer.body['client_id']));
      assert.equal(ids.size, 4);
      const after = Number((await db.knex('client_registrations').count())[0]?.['count']);
      assert.equal(after - before, 4);
    });
  },
);

async function refusedWithin(since: number, call: () => Promise<{ status: number }>) {
  for (;;) {
    const { status } = await call();
    if (status === 401) return;
    assert.ok(Date.now() - since < patienceMilliseconds, `still ${status}`);
  }
}
