// user set-password in a separate process, while two nodes answer requests of the same user.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { cacheMilliseconds, exitCodes, latestTokens, rowOf } from '#test/support/cli/races.ts';
import type { Ran } from '#test/support/cli/shell.ts';
import type { Login } from '#test/support/actors/relying-party.ts';
import { atOnce, offline } from '#test/support/data/outcomes.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';
import { inLine } from '#test/support/services/row-locks.ts';

const newPassword = 'seven grey herons at noon';

describeNodes('user set-password, while requests are in progress', {}, (nodes) => {
  it('ends sign-ins with the previous password, on every node', async () => {
    const person = await nodes().createUser();
    const rp = await nodes().relyingParty();
    const rps = [rp, await rp.through(nodes().at(1).send)];
    const attempts = await atOnce(async (turn) => {
      const { send } = nodes().at(turn);
      const party = rps[turn % 2] ?? rp;
      const browser = nodes().browser(nodes().at(turn));
      const page = await browser.open((await party.request(offline)).url);
      return { party, browser, page, send };
    });

    const [ran, ends] = await Promise.all([
      setPassword(nodes(), person.id),
      Promise.all(attempts.map(({ page, party }) => party.passPages(page, person).catch(nothing))),
    ]);
    await pause(cacheMilliseconds);

    assert.equal(ran.exitCode, 0, ran.err);
    assert.equal(ends.length, attempts.length);
    for (const { browser } of attempts) {
      const page = await browser.open('/auth/account');
      assert.ok(page.has('sign-in'), `signed in with the former password: ${page.text}`);
    }
    await rp.login({ ...person, password: newPassword });
  });

  for (const first of ['sign-in', 'command'] as const) {
    it(`ends a sign-in whose password was accepted before, if the ${first} is stored first`, async () => {
      const person = await nodes().createUser();
      const rp = await nodes().relyingParty();
      const browser = nodes().browser();
      const page = await browser.open((await rp.request(offline)).url);
      const signIn = () => rp.passPages(page, person).then(nothing);
      const assign = () => setPassword(nodes(), person.id).then(nothing);
      const order = first === 'sign-in' ? [signIn, assign] : [assign, signIn];

      await inLine(nodes(), rowOf('users', { id: person.id }), order);
      await pause(cacheMilliseconds);

      assert.ok((await browser.open('/auth/account')).has('sign-in'));
      await rp.login({ ...person, password: newPassword });
    });
  }

  it('ends refresh tokens that rotate at the same time', async () => {
    const person = await nodes().createUser();
    const rp = await nodes().relyingParty();
    const other = await rp.through(nodes().at(1).send);
    const logins: Login[] = [];
    while (logins.length < 10) logins.push(await rp.login(person, offline));

    const [ran, answers] = await Promise.all([
      setPassword(nodes(), person.id),
      Promise.all(
        logins.map(({ refreshToken }, turn) => (turn % 2 ? other : rp).tryRefresh(refreshToken)),
      ),
    ]);
    await pause(cacheMilliseconds);

    assert.equal(ran.exitCode, 0, ran.err);
    for (const { refreshToken, accessToken } of latestTokens(logins, answers)) {
      assert.match((await other.tryRefresh(refreshToken)).text, /invalid_grant/);
      assert.equal(await rp.isActive(accessToken), false);
    }
  });

  it('accepts one of two passwords set at the same time', async () => {
    const person = await nodes().createUser();
    const passwords = [newPassword, 'nine blue otters at dusk'];

    const ran = await inLine(
      nodes(),
      rowOf('users', { id: person.id }),
      passwords.map((password) => () => setPassword(nodes(), person.id, password)),
    );

    const works = passwords.filter((_, turn) => ran[turn]?.exitCode === 0);
    assert.deepEqual(exitCodes(ran), [0, 4]);
    const rp = await nodes().relyingParty();
    await rp.login({ ...person, password: works[0] ?? '' });
  });
});

const nothing = () => undefined;

function setPassword({ services }: Nodes, id: string, password = newPassword): Promise<Ran> {
  const { run: command } = createCommandRunner(services);
  return command(['user', 'set-password', id, '--password-stdin', '--json'], `${password}\n`);
}
