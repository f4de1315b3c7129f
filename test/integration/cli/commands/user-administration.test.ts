// user list, update, set-password, add-role and remove-role: output, audit, and what they revoke.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { atOnce, offline } from '#test/support/data/outcomes.ts';

describeApp('user list', {}, (app) => {
  it('prints users by email address, page by page', async () => {
    const { done } = createCommandRunner(app().services);
    for (const name of ['a', 'b', 'c']) await app().createUser({ email: `${name}@list.example` });

    const first = await done(['user', 'list', '--search', 'list.example', '--limit', '2']);
    const rest = await done([
      'user',
      'list',
      '--search',
      'LIST.example',
      '--after',
      'b@list.example',
      '--json',
    ]);

    assert.match(first.out, /^EMAIL +NAME +STATE .*\na@list\.example .*\nb@list\.example /);
    assert.match(first.out, /There are more: add --after b@list\.example/);
    assert.deepEqual(emailsOf(rest.out), ['c@list.example']);
  });

  it('filters by role and by block', async () => {
    const { done } = createCommandRunner(app().services);
    const [admin, blocked] = [await app().createUser(), await app().createUser()];
    await done(['user', 'add-role', admin.id, '--role', 'admin']);
    await app().block(blocked.id);

    const admins = await done(['user', 'list', '--role', 'admin', '--json']);
    const blockedOnes = await done(['user', 'list', '--blocked', '--json']);

    assert.deepEqual(emailsOf(admins.out), [admin.email]);
    assert.deepEqual(emailsOf(blockedOnes.out), [blocked.email]);
  });
});

describeApp('user update', {}, (app) => {
  it('changes claims and keeps the others', async () => {
    const { done } = createCommandRunner(app().services);
    const person = await app().createUser({ claims: { name: 'Ann', nickname: 'an', gender: 'x' } });

    const updated = await done(
      ['user', 'update', person.email, '--name', 'Ann Berg', '--claims', '-', '--json'],
      '{"nickname": null, "zoneinfo": "Europe/Oslo"}',
    );

    const claims = { name: 'Ann Berg', gender: 'x', zoneinfo: 'Europe/Oslo' };
    assert.deepEqual(updated.json()['claims'], claims);
    assert.deepEqual(await eventsOf(app(), person.id, 'profile.changed'), ['operator']);
  });

  it('keeps both of two concurrent changes', async () => {
    const { done } = createCommandRunner(app().services);
    const { id } = await app().createUser();

    await atOnce((turn) =>
      done(
        ['user', 'update', id, '--claims', '-'],
        turn === 0 ? '{"nickname": "an"}' : '{"gender": "x"}',
      ),
    );

    const shown = (await done(['user', 'show', id, '--json'])).json();
    assert.deepEqual(shown['claims'], { nickname: 'an', gender: 'x' });
  });

  it('assigns another email address, which is unverified unless stated', async () => {
    const { done, run } = createCommandRunner(app().services);
    const [person, other] = [
      await app().createUser({ emailVerified: true }),
      await app().createUser(),
    ];

    const moved = await done([
      'user',
      'update',
      person.id,
      '--email',
      'New@moved.example',
      '--json',
    ]);
    const verified = await done(['user', 'update', person.id, '--verified']);
    const taken = await run(['user', 'update', person.id, '--email', other.email, '--json']);

    assert.equal(moved.json()['email'], 'New@moved.example');
    assert.equal(moved.json()['email_verified'], false);
    assert.match(verified.out, /^The user is updated\.\n[^]*email_verified +true/);
    assert.deepEqual([taken.exitCode, taken.json()['error']], [4, 'email_taken']);
    assert.deepEqual(await eventsOf(app(), person.id, 'email.changed'), ['operator']);
  });

  it('requires a change and refuses unknown claims', async () => {
    const { run } = createCommandRunner(app().services);
    const { id } = await app().createUser();

    const nothing = await run(['user', 'update', id]);
    const odd = await run(['user', 'update', id, '--claims', '-'], '{"nam": "x"}');

    assert.equal(nothing.exitCode, 2);
    assert.match(odd.err, /nam is not a claim that can be set/);
  });
});

describeApp('user set-password', {}, (app) => {
  it('lets the user sign in with the new password only, and revokes everything', async () => {
    const { done } = createCommandRunner(app().services);
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const login = await rp.login(person, offline);
    const password = 'seven grey herons at noon';

    const text = await done(
      ['user', 'set-password', person.email, '--password-stdin'],
      `${password}\n`,
    );

    assert.match(text.out, /has a new password and is notified by mail\.\n\nAccounts changed/);
    assert.equal(await rp.isActive(login.refreshToken), false);
    await rp.login({ ...person, password });
    const page = await app()
      .browser()
      .open((await rp.request()).url);
    const former = { login: person.email, password: person.password };
    assert.equal((await page.press('sign-in', former)).status, 422);
  });

  it('applies the same rules as the pages', async () => {
    const { run } = createCommandRunner(app().services);
    const { id } = await app().createUser();
    const assign = ['user', 'set-password', id, '--password-stdin', '--json'];

    const short = await run(assign, 'eight ch\n');
    const create = ['user', 'create', '--email', 'short@rules.example', '--password-stdin'];
    const created = await run([...create, '--json'], 'eight ch\n');

    for (const ran of [short, created]) {
      assert.equal(ran.json()['error'], 'weak_password');
      assert.match(ran.err, /use at least 15 characters/);
    }
  });
});

describeApp('user add-role and remove-role', {}, (app) => {
  it('grant and withdraw the role once, with an audit entry each', async () => {
    const { done } = createCommandRunner(app().services);
    const { id } = await app().createUser();
    const role = ['--role', 'admin'];

    const added = await done(['user', 'add-role', id, ...role, '--json']);
    const again = await done(['user', 'add-role', id, ...role]);
    const removed = await done(['user', 'remove-role', id, ...role]);
    const twice = await done(['user', 'remove-role', id, ...role]);

    assert.deepEqual(added.json()['roles'], ['admin']);
    assert.match(again.out, /^The user was already an administrator\./);
    assert.match(removed.out, /^The user no longer has the role admin\. There is no administrator/);
    assert.match(twice.out, /^The user did not have the role admin\./);
    assert.deepEqual(await eventsOf(app(), id, 'role.granted'), ['operator']);
    assert.deepEqual(await eventsOf(app(), id, 'role.removed'), ['operator']);
  });

  it('warns when the account is blocked, and refuses an unknown role', async () => {
    const { done, run } = createCommandRunner(app().services);
    const { id } = await app().createUser();
    await app().block(id);

    const blocked = await done(['user', 'set-admin', id]);
    const unknown = await run(['user', 'add-role', id, '--role', 'king']);

    assert.match(blocked.out, /^The user is now an administrator\. The account is blocked/);
    assert.deepEqual([unknown.exitCode, /Role not found/.test(unknown.err)], [3, true]);
    await done(['user', 'remove-role', id, '--role', 'admin']);
  });

  it('does not warn about a block that has expired', async () => {
    const { done } = createCommandRunner(app().services);
    const { id } = await app().createUser();
    await app().block(id);
    const { knex } = app().services.db;
    await knex('users').where({ id }).update({ blocked_until: new Date() });

    const granted = await done(['user', 'set-admin', id]);

    assert.match(granted.out, /^The user is now an administrator\.\n/);
    await done(['user', 'remove-role', id, '--role', 'admin']);
  });
});

describeApp('setup-link', {}, (app) => {
  it('prints a link that works until there is an administrator', async () => {
    const { done, run } = createCommandRunner(app().services);

    const made = (await done(['setup-link', '--json'])).json();
    const text = await done(['setup-link']);
    const page = await app().browser().open(String(made['link']));
    const { id } = await app().createUser();
    await done(['user', 'set-admin', id]);
    const refused = await run(['setup-link', '--json']);

    assert.equal(page.status, 200);
    assert.match(
      text.out,
      /^Make the first administrator \(this link works once, for 24 hours\):\n\nhttp:/,
    );
    assert.deepEqual([refused.exitCode, refused.json()['error']], [4, 'conflict']);
  });
});

function emailsOf(out: string): readonly unknown[] {
  const users: unknown = JSON.parse(out);
  assert.ok(Array.isArray(users));
  return users.map((user: unknown) => Reflect.get(Object(user), 'email'));
}

/** The kinds of actors of the entries about the user. */
async function eventsOf(app: TestApp, userId: string, event: string): Promise<readonly unknown[]> {
  const rows: { actor_kind: string }[] = await app.services.db
    .knex('audit_events')
    .where({ user_id: userId, event })
    .select('actor_kind');
  return rows.map(({ actor_kind: kind }) => kind);
}
