// An impersonation ends at once on every node when one of its conditions no longer holds, whichever
// node made the change, and none starts beside such a change.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { describeApp, startTestApp, type TestApp } from '#test/support/app.ts';
import { anImpersonation, impersonating } from '#test/support/steps/impersonation.ts';

const operator = { kind: 'operator' } as const;
const by = { actor: operator, scopes: 'all' } as const;

type Scene = Awaited<ReturnType<typeof anImpersonation>>;
type Services = TestApp['services'];

/** Each is a reason for the impersonation to end. */
const changes: Readonly<Record<string, (services: Services, scene: Scene) => Promise<unknown>>> = {
  'the user becomes an administrator': ({ roleAdministration }, { user }) =>
    roleAdministration.grant(user.id, 'admin', by),
  'the user becomes a read-only administrator': ({ roleAdministration }, { user }) =>
    roleAdministration.grant(user.id, 'auditor', by),
  'the user joins a group whose role has one right': async (services, { user }) => {
    const { knex } = services.db;
    const id = crypto.randomUUID();
    await knex.raw(`insert into roles (id, name, created_at) values (?, ?, now())`, [id, id]);
    await knex.raw(
      `insert into role_permissions (role_id, audience, scope) values (?, null, 'keys:read')`,
      [id],
    );
    await knex.raw(`insert into user_groups (id, name, created_at) values (?, ?, now())`, [id, id]);
    await knex.raw(`insert into group_roles (group_id, role_id) values (?, ?)`, [id, id]);
    await knex.raw(`insert into group_members (group_id, user_id, added_at) values (?, ?, now())`, [
      id,
      user.id,
    ]);
  },
  'the user is blocked': ({ blocking }, { user }) =>
    blocking.blockUser({ userId: user.id, reason: 'a test', by: operator }),
  'the user is signed out everywhere': ({ blocking }, { user }) =>
    blocking.endSessionsOf(user.id, operator),
  'the administrator is blocked': ({ blocking }, { admin }) =>
    blocking.blockUser({ userId: admin.id, reason: 'a test', by: operator }),
  'the administrator is signed out everywhere': ({ blocking }, { admin }) =>
    blocking.endSessionsOf(admin.id, operator),
  'everything of the administrator is revoked': ({ blocking }, { admin }) =>
    blocking.revokeEverythingOf(admin.id, operator),
  'the session of the administrator ends': ({ blocking }, { impersonation }) =>
    blocking.endSession(impersonation.administratorSessionUid, operator),
  'the administrator loses the role': ({ roleAdministration }, { admin }) =>
    roleAdministration.withdraw(admin.id, 'admin', by),
  'another administrator ends it': ({ impersonations }, { impersonation }) =>
    impersonations.end(impersonation.id, operator),
};

async function anotherNode(t: TestContext, app: TestApp): Promise<TestApp> {
  const { databaseUrl, redisUrl } = app.services.config;
  const settings = { DATABASE_URL: databaseUrl ?? '', REDIS_URL: redisUrl ?? '', ...impersonating };
  return startTestApp(t, { settings: { ...settings, ISSUER: app.issuer } });
}

const options = { arrangement: 'postgres, redis', settings: impersonating } as const;

describeApp('an impersonation on two nodes ends at once when', options, (app) => {
  for (const [name, change] of Object.entries(changes)) {
    it(name, async (t) => {
      const other = await anotherNode(t, app());
      const scene = await anImpersonation(app());
      const { browser, user, impersonation } = scene;
      const rp = await app().relyingParty({ first_party: true });
      const login = await rp.login(user, { scope: 'openid offline_access' }, browser);
      assert.equal(await rp.isActive(login.accessToken), true);

      await change(other.services, scene);

      assert.equal(await rp.isActive(login.accessToken), false);
      assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
      assert.equal((await rp.tryRefresh(login.refreshToken)).body['error'], 'invalid_grant');
      const page = await browser.open('/auth/account/profile');
      assert.equal(page.url.pathname, '/auth/impersonation/ended', page.text);
      await app().services.impersonations.settle();
      const { rows } = await app().services.db.knex.raw<{ rows: { open: string }[] }>(
        `select count(*) as open from impersonations where id = ? and ended_at is null`,
        [impersonation.id],
      );
      assert.equal(Number(rows[0]?.open), 0);
    });
  }

  it('records each end once, however many nodes notice it', async (t) => {
    const other = await anotherNode(t, app());
    const { user } = await anImpersonation(app());
    await other.services.roleAdministration.grant(user.id, 'admin', by);

    await Promise.all([app(), other].map(({ services }) => services.impersonations.settle()));

    const page = { after: undefined, limit: 20 };
    const { items } = await app().services.auditSearch.search({ userId: user.id }, page);
    const ends = items.filter(({ event }) => event === 'impersonation.ended');
    assert.deepEqual(
      ends.map(({ actorKind, details }) => [actorKind, details['because']]),
      [['system', 'not_permitted']],
    );
  });

  it('and never starts beside a promotion of the user', async (t) => {
    const other = await anotherNode(t, app());
    const { admin, browser, impersonation } = await anImpersonation(app());
    const device = browser.cookies.find('ostiary-device')?.value ?? '';

    for (let turn = 0; turn < 8; turn += 1) {
      const user = await app().createUser();
      const order = {
        administratorId: admin.id,
        administratorSessionUid: impersonation.administratorSessionUid,
        userId: user.id,
        reason: 'a race',
        device,
      };
      await Promise.allSettled([
        app().services.impersonations.start(order),
        other.services.roleAdministration.grant(user.id, 'admin', by),
      ]);

      const { items } = await other.services.impersonations.list({ after: undefined, limit: 50 });
      assert.ok(!items.some(({ userId }) => userId === user.id));
    }
  });
});

describeApp('the right to impersonate', options, (app) => {
  it('is enough without any other right, and the role of one client confers it never', async () => {
    const { services } = app();
    const { impersonation, admin } = await anImpersonation(app());
    const { knex } = services.db;
    await knex.raw(`insert into roles (id, name, created_at) values ('support', 'support', now())`);
    await knex.raw(
      `insert into role_permissions (role_id, audience, scope)
       values ('support', null, 'users:impersonate')`,
    );
    await services.roleAdministration.withdraw(admin.id, 'admin', by);
    const user = await app().createUser();
    const order = {
      administratorId: admin.id,
      administratorSessionUid: impersonation.administratorSessionUid,
      userId: user.id,
      reason: 'a test',
      device: 'device',
    };
    await assert.rejects(services.impersonations.start(order), { code: 'forbidden' });

    await services.roleAdministration.grant(admin.id, 'support', by);

    assert.equal((await services.impersonations.start(order)).userId, user.id);
  });
});
