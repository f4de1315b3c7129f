// A node is killed during rotations, or its response is lost in transit. The client retries the
// same token at the other node and continues: exactly one token of each family is valid.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, it } from 'node:test';
import { createApiClient } from '#test/support/actors/api-client.ts';
import { assertInvalidGrant, offline } from '#test/support/data/outcomes.ts';
import type { Answer, Login, RelyingParty } from '#test/support/actors/relying-party.ts';
import { describeFault, turns, type FaultRig } from '#test/support/faults/fault-suite.ts';
import { openLineTo, type Line } from '#test/support/faults/network-proxy.ts';
import { createHttpClient } from '#test/support/actors/http-client.ts';
import type { CleanUp } from '#test/support/services/databases.ts';

/** Families that rotate at the same time. */
const together = 10;
/** A busy machine completes fewer rounds within the time limit of a test. */
const maxSeconds = 120;
/** Approximate size of all requests and responses, so that the cut may fall anywhere in them. */
const bytesTogether = 12_000;

describeFault('interrupted refresh token rotation', {}, (rig) => {
  describe('kill -9 of a node at any byte', () => {
    it('leaves every client with exactly one valid refresh token', async (t) => {
      const { rp, broken, line } = await aBreakableNode(t, rig());
      const logins = await signInMany(rp, rig());
      let tokens = logins.map(({ refreshToken }) => refreshToken);
      let interrupted = 0;
      const endsAt = performance.now() + maxSeconds * 1000;

      let killings = 0;
      for (; killings < turns(3, 50) && performance.now() < endsAt; killings += 1) {
        const killed = new Promise<void>((resolve) => {
          const kill = () => void rig().at(1).kill().then(resolve);
          line.cutAfter(randomInt(500, bytesTogether), kill);
        });
        const heard = await Promise.all(tokens.map((token) => attempt(broken, token)));
        // The cut may lie beyond these requests, in which case it affects the next one.
        while (!(await isOver(killed))) await attempt(broken, tokens[0] ?? '');
        interrupted += heard.filter((answer) => answer === undefined).length;
        const again = await Promise.all(tokens.map((token) => rp.tryRefresh(token)));

        for (const [index, answer] of again.entries()) {
          assert.equal(answer.status, 200, answer.text);
          const first = heard[index];
          if (first)
            assert.equal(successorOf(first), successorOf(answer), 'two successors are valid');
        }
        const spent = tokens;
        tokens = again.map(successorOf);
        assert.equal(new Set([...spent, ...tokens]).size, 2 * together);
        line.heal();
        await rig().at(1).start();
      }

      t.diagnostic(`${interrupted} of ${killings * together} rotations were interrupted`);
      assert.ok(interrupted > 0);
      const last = await Promise.all(tokens.map((token) => rp.refresh(token)));
      for (const { accessToken } of last) assert.equal(await rp.isActive(accessToken), true);
    });
  });

  describe('response lost after the commit', () => {
    it('returns the same successor again, from the other node as well', async (t) => {
      const { rp, broken, line } = await aBreakableNode(t, rig());
      const login = await rig().login(rp, await rig().createUser(), offline);

      const lost = line.loseAnswer();
      assert.equal(await attempt(broken, login.refreshToken), undefined);
      const again = await rp.refresh(login.refreshToken);

      assert.ok((await lost).includes(`"refresh_token":"${again.refreshToken}"`), await lost);
      assert.notEqual((await rp.refresh(again.refreshToken)).refreshToken, '');
    });

    it('treats a retry after the leeway as reuse', async (t) => {
      const { rp, broken, line } = await aBreakableNode(t, rig());
      const person = await rig().createUser();
      const login = await rig().login(rp, person, offline);
      void line.loseAnswer();
      assert.equal(await attempt(broken, login.refreshToken), undefined);
      await rig().sql(
        `update refresh_families set rotated_at = rotated_at - interval '11 seconds' where user_id = $1`,
        [person.id],
      );

      assertInvalidGrant(await rp.tryRefresh(login.refreshToken));

      assert.equal(await rp.isActive(login.accessToken), false);
      const rows = await rig().sql<{ event: string }>(
        `select event from audit_events where user_id = $1 and event = 'refresh_token.reused'`,
        [person.id],
      );
      assert.equal(rows.length, 1);
    });

    it('keeps the user blocked, and the repeated block request succeeds', async (t) => {
      const { rp, line, send } = await aBreakableNode(t, rig());
      const person = await rig().createUser();
      const login = await rig().login(rp, person, offline);
      const api = await createApiClient({ ...rig(), send });
      const block = () => api.post(`users/${person.id}/block`, { reason: 'a test' });
      void line.loseAnswer();

      await assert.rejects(block());

      assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
      assert.equal((await block()).status, 200);
    });
  });
});

/**
 * The second node behind a proxy, with one client that uses the first node and one that uses the
 * proxy.
 */
async function aBreakableNode(t: CleanUp, rig: FaultRig) {
  const line: Line = await openLineTo(t, rig.at(1).port);
  const send = createHttpClient(t, rig.issuer, line.port);
  const rp = await rig.relyingParty();
  return { rp, line, send, broken: await rp.through(send) };
}

async function signInMany(rp: RelyingParty, rig: FaultRig): Promise<readonly Login[]> {
  const logins: Login[] = [];
  for (let count = 0; count < together; count += 1) {
    logins.push(await rig.login(rp, await rig.createUser(), offline));
  }
  return logins;
}

/** `undefined` if no response arrived. */
async function attempt(rp: RelyingParty, token: string): Promise<Answer | undefined> {
  return rp.tryRefresh(token).catch(() => undefined);
}

function successorOf({ body }: Answer): string {
  return String(body['refresh_token']);
}

async function isOver(work: Promise<void>): Promise<boolean> {
  const soon = new Promise<boolean>((resolve) => {
    setImmediate(() => resolve(false));
  });
  return Promise.race([work.then(() => true), soon]);
}
