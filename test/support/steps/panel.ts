// Administrators in the panel: one who is signed in, and steps that tests repeat.
import type { Role } from '#core/users/users.ts';
import type { TestApp } from '#test/support/app.ts';

/** A user with the role, signed in to the panel. */
export async function signInToPanel(app: TestApp, role: Role = 'admin') {
  const person = await app.createUser();
  if (role !== 'none') await app.services.roles.grant(person.id, role, new Date());
  const browser = app.browser();
  const signIn = await browser.open('/auth/admin');
  const { email: login, password } = person;
  const page = await signIn.press('sign-in', { login, password });
  const open = (path = '') => browser.open(`/auth/admin${path}`);
  return { ...person, browser, page, open };
}

/** A user whose role permits these scopes of the management API, signed in to the panel. */
export async function signInLimited(app: TestApp, name: string, scopes: readonly string[]) {
  const { knex } = app.services.db;
  await knex('roles').insert({ id: name, name, created_at: new Date() });
  await knex('role_permissions').insert(
    scopes.map((scope) => ({ role_id: name, audience: null, scope })),
  );
  await app.services.invalidation.publish({});
  return signInToPanel(app, name);
}

/** An installation in use: users, sessions, a reused refresh token, events and a failed mail. */
export async function seed(app: TestApp) {
  const { services } = app;
  const admin = await app.createUser();
  await services.roles.grant(admin.id, 'admin', new Date());
  const busy = await app.createUser({ claims: { name: 'Ada Lovelace' } });
  const other = await app.createUser();
  const rp = await app.relyingParty({ client_name: 'Tasks' });
  const offline = { scope: 'openid offline_access', prompt: 'consent' };
  const login = await rp.login(busy, offline);
  const second = await rp.tryRefresh(login.refreshToken);
  const { refresh_token: next } = second.body;
  if (typeof next === 'string') await rp.tryRefresh(next);
  await rp.tryRefresh(login.refreshToken);
  await rp.login(busy, offline);
  const page = { after: undefined, limit: 1 };
  const [session] = (await services.sessionList.list(busy.id, page)).items;
  const families = await services.familyTimelines.list(busy.id, { ...page, limit: 5 });
  const family = families.items.find(({ state }) => state === 'reused');
  return {
    admin,
    busy,
    other,
    clientId: rp.app.clientId,
    sessionUid: session?.uid ?? '',
    familyId: family?.id ?? '',
  };
}

/** The most recent audit events about a user or a client. */
export async function eventsOf(app: TestApp, filter: { userId?: string; clientId?: string }) {
  const { items } = await app.services.auditSearch.search(filter, {
    after: undefined,
    limit: 50,
  });
  return items;
}
