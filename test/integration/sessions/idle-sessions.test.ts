// The last use of a session is written at most once a minute. The idle timeout is therefore never
// longer than configured and at most one minute shorter.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import type { RelyingParty } from '#test/support/actors/relying-party.ts';

describeApp(
  'a session with an idle timeout of 6000 seconds',
  { settings: { SESSION_IDLE_SECONDS: '6000' } },
  (app) => {
    it('writes the last use of a session at most once a minute', async (t) => {
      const { clock, use, written } = await begin(t, app());

      clock.advance(59);
      await use();
      assert.equal(written(), 0);

      clock.advance(1);
      await use();
      assert.equal(written(), 1);
    });

    it('writes the session immediately when another client joins it', async (t) => {
      const { use, written } = await begin(t, app());
      const other = await app().relyingParty({ first_party: true });

      await use(other);
      assert.equal(written(), 1);

      await use(other);
      assert.equal(written(), 1);
    });

    it('extends the idle timeout with each use and then enforces it', async (t) => {
      const { clock, use } = await begin(t, app());
      clock.advance(59);
      await use();

      clock.advance(5940);
      await use();
      clock.advance(5999);
      await use();
      clock.advance(6000);

      await assert.rejects(use(), { error: 'login_required' });
    });
  },
);

describeApp(
  'a session with an idle timeout of 100 seconds',
  { settings: { SESSION_IDLE_SECONDS: '100' } },
  (app) => {
    it('writes the last use once a tenth of a short idle timeout has passed', async (t) => {
      const { clock, use, written } = await begin(t, app());

      clock.advance(9);
      await use();
      assert.equal(written(), 0);

      clock.advance(90);
      await use();
      assert.equal(written(), 1);
      clock.advance(99);
      await use();
    });
  },
);

async function begin(t: TestContext, app: TestApp) {
  const clock = holdClock(t);
  const rp = await app.relyingParty({ first_party: true });
  const person = await app.createUser();
  const { browser } = await rp.login(person);
  const save = t.mock.method(app.services.sessions, 'save');
  return {
    clock,
    use: (party: RelyingParty = rp) => party.login(person, { prompt: 'none' }, browser),
    written: () => save.mock.callCount(),
  };
}
