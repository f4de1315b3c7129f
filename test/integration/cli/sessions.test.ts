// Session commands: signed-in users, and the grants and tokens of a session.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestApp } from '#test/support/app.ts';
import { createBrowser } from '#test/support/actors/cookie-browser.ts';
import { offline } from '#test/support/data/outcomes.ts';
import type { Send } from '#test/support/actors/http-client.ts';
import { openBoth } from '#test/support/cli/server-and-cli.ts';

describe('session commands', () => {
  it('list sessions and revoke one', async (t) => {
    const { app, shell } = await openBoth(t);
    const rp = await app.relyingParty();
    const person = await app.createUser();
    const { browser } = await rp.login(person, {}, phoneOf(app));
    await rp.login(person);
    const list = ['user', 'sessions', person.id, '--json'];

    const sessions = Object.values((await shell.done(list)).json());
    const [onPhone] = sessions.filter((each) => Object(each).device === 'Safari, iPhone');
    const table = await shell.done(['session', 'list', '--user', person.email]);
    await shell.done(['session', 'end', Object(onPhone).uid]);

    assert.equal(sessions.length, 2);
    assert.deepEqual(Object(onPhone).apps, [{ client_id: rp.app.clientId, name: 'Tasks' }]);
    assert.match(table.out, /^UID .*\n(?:.*\n)?.* Safari, iPhone .* Tasks\n/);
    assert.ok((await browser.open('/auth/account')).has('sign-in'));
    assert.equal(Object.values((await shell.done(list)).json()).length, 1);
  });

  it('show the token families of a session as a tree, with a reused token', async (t) => {
    const { app, shell } = await openBoth(t);
    const rp = await app.relyingParty();
    const person = await app.createUser();
    const first = await rp.login(person, offline, phoneOf(app));
    const onPhone = await rp.through(phone(app.send));
    const next = await onPhone.refresh(first.refreshToken);
    await onPhone.refresh(next.refreshToken);
    await (await rp.through(curl(app.send))).tryRefresh(first.refreshToken);
    const list = await shell.done(['session', 'list', '--user', person.email, '--json']);
    const uid = String(Object(Object.values(list.json())[0]).uid);

    const drawn = await shell.done(['session', 'show', uid, '--tree']);
    const printed = await shell.done(['session', 'show', uid, '--tree', '--json']);

    const shape = drawn.out
      .replaceAll(/[\w-]{36,}|\w{20,}/g, 'ID')
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g, 'TIME');
    const device = 'Safari, iPhone · 127.0.0.1';
    assert.deepEqual(shape.trimEnd().split('\n'), [
      `session ID of ${person.email} · signed in TIME · ${device} · valid until TIME`,
      '└─ Tasks (ID): grant ID · created TIME · scope openid offline_access · revoked TIME',
      '   └─ refresh family ID, 2 rotations, ended TIME, because a superseded token was used again',
      '      ├─ token 0, the first · TIME',
      '      │  └─ REUSE: superseded token 0 was used again · TIME · curl · 127.0.0.1',
      `      ├─ token 1 · TIME · ${device}`,
      `      └─ token 2 · TIME · ${device}`,
    ]);
    const [grant] = Object(printed.json()['grants']);
    const [family] = grant.families;
    assert.deepEqual(
      [family.state, family.fork.generation, family.members.length],
      ['reused', 0, 3],
    );
  });
});

const withDevice =
  (device: string) =>
  (send: Send): Send =>
  (url, request = {}) =>
    send(url, { ...request, headers: { ...request.headers, 'user-agent': device } });
const curl = withDevice('curl/8.9');
const phone = withDevice(
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
);

function phoneOf({ send, issuer }: TestApp) {
  return createBrowser(phone(send), issuer);
}
