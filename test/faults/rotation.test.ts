// X10, X11: a node dies in the middle of rotations, or its answer is lost on the way. The app tries
// the same token at the other node and goes on: never are both tokens dead, never are there two lines.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, it } from 'node:test';
import { createApiClient } from '#test/roles/api-client.ts';
import { assertInvalidGrant, offline } from '#test/roles/outcomes.ts';
import type { Answer, Login, RelyingParty } from '#test/roles/relying-party.ts';
import { describeFault, turns, type FaultRig } from '#test/rig/faults.ts';
import { openLineTo, type Line } from '#test/rig/lines.ts';
import { createWire } from '#test/roles/wire.ts';
import type { Closing } from '#test/stage/databases.ts';

/** Families that are rotated at once. */
const together = 10;
/** A crowded machine does less in the time that a test is given. */
const longestSeconds = 120;
/** About what they send and hear in all, so that the cut may fall anywhere in it. */
const bytesTogether = 12_000;

describeFault('a rotation is interrupted', {}, (rig) => {
  describe('X10: kill -9 of a node at any byte', () => {
    it('leaves every app with exactly one working token', async (t) => {
      const { rp, broken, line } = await aBreakableNode(t, rig());
      const logins = await signInMany(rp, rig());
      let tokens = logins.map(({ refreshToken }) => refreshToken);
      let interrupted = 0;
      const endsAt = performance.now() + longestSeconds * 1000;

      let killings = 0;
      for (; killings < turns(3, 50) && performance.now() < endsAt; killings += 1) {
        const killed = new Promise<void>((resolve) => {
          const kill = () => void rig().at(1).kill().then(resolve);
          line.cutAfter(randomInt(500, bytesTogether), kill);
        });
        const heard = await Promise.all(tokens.map((token) => attempt(broken, token)));
        // The cut may lie behind all of them: then the next request meets it.
        while (!(await isOver(killed))) await attempt(broken, tokens[0] ?? '');
        interrupted += heard.filter((answer) => answer === undefined).length;
        const again = await Promise.all(tokens.map((token) => rp.tryRefresh(token)));

        for (const [index, answer] of again.entries()) {
          assert.equal(answer.status, 200, answer.text);
          const first = heard[index];
          if (first) assert.equal(successorOf(first), successorOf(answer), 'two lines are alive');
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

  describe('X11: the answer is lost after the commit', () => {
    it('gives the same successor again, at another node, too', async (t) => {
      const { rp, broken, line } = await aBreakableNode(t, rig());
      const login = await rig().login(rp, await rig().aPerson(), offline);

      const lost = line.loseAnswer();
      assert.equal(await attempt(broken, login.refreshToken), undefined);
      const again = await rp.refresh(login.refreshToken);

      assert.ok((await lost).includes(`"refresh_token":"${again.refreshToken}"`), await lost);
      assert.notEqual((await rp.refresh(again.refreshToken)).refreshToken, '');
    });

    it('takes it for theft once the time for that is over', async (t) => {
      const { rp, broken, line } = await aBreakableNode(t, rig());
      const person = await rig().aPerson();
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

    it('has blocked although nobody heard so, and says so when asked again', async (t) => {
      const { rp, line, send } = await aBreakableNode(t, rig());
      const person = await rig().aPerson();
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

/** The second node behind a line, and an app that asks the first one, or the second one this way. */
async function aBreakableNode(t: Closing, rig: FaultRig) {
  const line: Line = await openLineTo(t, rig.at(1).port);
  const send = createWire(t, rig.issuer, line.port);
  const rp = await rig.relyingParty();
  return { rp, line, send, broken: await rp.through(send) };
}

async function signInMany(rp: RelyingParty, rig: FaultRig): Promise<readonly Login[]> {
  const logins: Login[] = [];
  for (let count = 0; count < together; count += 1) {
    logins.push(await rig.login(rp, await rig.aPerson(), offline));
  }
  return logins;
}

/** `undefined`: no answer came. */
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
