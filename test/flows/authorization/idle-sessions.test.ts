// A session that is merely used again is not written every time; how long it may be unused stays
// right all the same: never longer, and shorter by a minute at most.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { describeApp, type TestApp } from '#test/app.ts';
import { holdClock } from '#test/stage/clock.ts';
import type { RelyingParty } from '#test/roles/relying-party.ts';

describeApp('a session in use', { settings: { SESSION_IDLE_SECONDS: '6000' } }, (app) => {
  it('is not written again within a minute, and then it is', async (t) => {
    const { clock, use, written } = await begin(t, app());

    clock.advance(59);
    await use();
    assert.equal(written(), 0);

    clock.advance(1);
    await use();
    assert.equal(written(), 1);
  });

  it('is written at once when another app joins it', async (t) => {
    const { use, written } = await begin(t, app());
    const other = await app().relyingParty({ first_party: true });

    await use(other);
    assert.equal(written(), 1);

    await use(other);
    assert.equal(written(), 1);
  });

  it('lives on from its last use, a minute less at most, and never longer', async (t) => {
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
});

describeApp('a short life', { settings: { SESSION_IDLE_SECONDS: '100' } }, (app) => {
  it('is a tenth shorter at most', async (t) => {
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
});

async function begin(t: TestContext, app: TestApp) {
  const clock = holdClock(t);
  const rp = await app.relyingParty({ first_party: true });
  const person = await app.aPerson();
  const { browser } = await rp.login(person);
  const save = t.mock.method(app.installation.services.sessions, 'save');
  return {
    clock,
    use: (party: RelyingParty = rp) => party.login(person, { prompt: 'none' }, browser),
    written: () => save.mock.callCount(),
  };
}
