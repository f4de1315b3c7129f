// Refresh token rotation on two nodes that share nothing but PostgreSQL and Redis.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  assertInvalidGrant,
  atOnce,
  distinct,
  inactive,
  offline,
} from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';

describeNodes('refresh token rotation on two nodes (RFC 9700 §4.14.2)', {}, (nodes) => {
  it('returns the same successor to twenty simultaneous requests on both nodes', async () => {
    const { rps, login } = await signIn();

    const answers = await atOnce((turn) => rps(turn).tryRefresh(login.refreshToken));

    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(20).fill(200),
    );
    const [successor, ...others] = distinct(answers, 'refresh_token');
    assert.deepEqual(others, []);
    const next = await rps(1).refresh(String(successor));
    assert.equal(await rps(0).isActive(next.accessToken), true);
  });

  it('returns the same successor from the other node after a lost response', async () => {
    const { rps, login } = await signIn();

    const lost = await rps(0).refresh(login.refreshToken);
    const again = await rps(1).refresh(login.refreshToken);

    assert.equal(again.refreshToken, lost.refreshToken);
  });

  it('accepts each successor on the other node', async () => {
    const { rps, login } = await signIn();

    let token = login.refreshToken;
    for (let turn = 0; turn < 6; turn += 1) token = (await rps(turn).refresh(token)).refreshToken;

    assert.equal(await rps(0).isActive(token), true);
  });

  it('revokes the family on both nodes when either receives a superseded token', async () => {
    const { rps, login } = await signIn();
    const next = await rps(0).refresh(login.refreshToken);
    const last = await rps(1).refresh(next.refreshToken);

    assertInvalidGrant(await rps(0).tryRefresh(login.refreshToken));

    for (const turn of [0, 1]) {
      assertInvalidGrant(await rps(turn).tryRefresh(last.refreshToken));
      assert.equal((await rps(turn).introspect(last.refreshToken)).text, inactive);
    }
  });

  it('keeps one token per generation when twenty requests arrive at once', async () => {
    const { rps, login } = await signIn();

    let token = login.refreshToken;
    for (let generation = 0; generation < 10; generation += 1) {
      const answers = await atOnce((turn) => rps(turn).tryRefresh(token));
      const successors = distinct(answers, 'refresh_token');
      assert.equal(successors.length, 1, `generation ${generation}`);
      token = String(successors[0]);
    }

    assert.equal(await rps(1).isActive(token), true);
  });

  async function signIn() {
    const first = await nodes().relyingParty();
    const second = await first.through(nodes().at(1).send);
    const login = await first.login(await nodes().createUser(), offline);
    return { login, rps: (turn: number) => (turn % 2 === 0 ? first : second) };
  }
});

describeNodes('revocation on one node', {}, (nodes) => {
  it('rejects the refresh token on both nodes after token revocation', async () => {
    const rp = await nodes().relyingParty();
    const other = await rp.through(nodes().at(1).send);
    const login = await rp.login(await nodes().createUser(), offline);
    const next = await other.refresh(login.refreshToken);

    await rp.revoke(next.refreshToken);

    assertInvalidGrant(await other.tryRefresh(next.refreshToken));
    assert.equal((await other.introspect(next.accessToken)).text, inactive);
  });

  it('rejects the refresh token on both nodes after sign-out', async () => {
    const rp = await nodes().relyingParty();
    const other = await rp.through(nodes().at(1).send);
    const login = await rp.login(await nodes().createUser());
    const there = login.browser.copy().through(nodes().at(1).send);

    await (await login.browser.open(rp.logoutUrl())).press('sign-out');

    assertInvalidGrant(await other.tryRefresh(login.refreshToken));
    const { url } = await rp.request({ prompt: 'none' });
    assert.equal((await there.open(url)).url.searchParams.get('error'), 'login_required');
  });

  it('lets a single sign-in move between nodes', async () => {
    const rp = await nodes().relyingParty();
    const person = await nodes().createUser();
    const pending = await rp.request();
    const [here, there] = [nodes().browser(), nodes().at(1).send];

    const signIn = await here.open(pending.url);
    const page = await here.through(there).open(signIn.url);
    const back = await rp.passPages(page, person);

    const { claims } = await rp.exchange(rp.receive(back, pending));
    assert.equal(claims['sub'], person.id);
  });

  it('sets the session cookie without a Domain attribute', async () => {
    const rp = await nodes().relyingParty();

    const { browser } = await rp.login(await nodes().createUser());

    const session = browser.cookies.find('__Host-ostiary');
    assert.ok(session);
    for (const { name, secure, httpOnly, sameSite } of browser.cookies.all()) {
      assert.deepEqual([secure, httpOnly, sameSite], [true, true, 'lax'], name);
      assert.match(name, /^__(?:Host|Secure)-/);
    }
  });
});
