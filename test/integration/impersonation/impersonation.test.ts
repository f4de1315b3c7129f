// An administrator signs in as a user: what begins, what it shows, and how it ends.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import {
  anImpersonation,
  hasBanner,
  impersonate,
  impersonating,
} from '#test/support/steps/impersonation.ts';
import { eventsOf, signInToPanel } from '#test/support/steps/panel.ts';

describeApp('an impersonation', { settings: impersonating }, (app) => {
  it('shows the account of the user with a banner on every page', async () => {
    const { admin, user, page, browser } = await anImpersonation(app());

    assert.ok(page.text.includes(user.email), page.text);
    assert.match(page.text, /You’re signed in as Mary Poppins for support\. Ends in 15 minutes\./);
    const paths = ['', '/profile', '/apps', '/sessions', '/activity', '/password', '/nowhere'];
    for (const path of paths) {
      const each = await browser.open(`/auth/account${path}`);
      assert.ok(hasBanner(each), `${path}: ${each.text}`);
    }
    assert.ok(hasBanner(await browser.open('/oauth2/authorize?client_id=unknown')));
    assert.ok(hasBanner(await admin.open('/users')));
  });

  it('ends at the banner, and the session of the administrator comes back', async () => {
    const { admin, user, page, browser, impersonation } = await anImpersonation(app());

    const panel = await page.press('impersonation-end');

    assert.equal(panel.url.pathname, `/auth/admin/users/${user.id}`);
    assert.equal(hasBanner(panel), false);
    const account = await browser.open('/auth/account');
    assert.ok(account.text.includes(admin.email), account.text);
    const { items } = await app().services.impersonations.list({ after: undefined, limit: 50 });
    assert.ok(!items.some(({ id }) => id === impersonation.id));
  });

  it('is in the audit log with the administrator, the reason and the address', async () => {
    const { admin, user, page } = await anImpersonation(app());
    await page.press('impersonation-end');

    const events = await eventsOf(app(), { userId: user.id });

    const [ended, started] = ['impersonation.ended', 'impersonation.started'].map((name) =>
      events.find(({ event }) => event === name),
    );
    assert.deepEqual([started?.actorKind, started?.actorId], ['user', admin.id]);
    assert.equal(started?.details['reason'], 'Case 4711');
    assert.equal(started?.personal?.['address'], '127.0.0.1');
    assert.deepEqual([ended?.actorId, ended?.details['because']], [admin.id, 'ended']);
    assert.equal(ended?.details['administrator'], admin.id);
  });

  it('is told to the user by mail, in the activity and in the list of sessions', async () => {
    const { user } = await anImpersonation(app());
    const own = app().browser();
    const signIn = await own.open('/auth/sign-in');
    await signIn.press('sign-in', { login: user.email, password: user.password });

    const activity = await own.open('/auth/account/activity');
    const sessions = await own.open('/auth/account/sessions');

    assert.match(activity.text, /An administrator signed in to your account for support/);
    assert.match(sessions.text, /Administrator \(support\)/);
    assert.equal(hasBanner(sessions), false);
    const { rows } = await app().services.db.knex.raw<{ rows: { kind: string }[] }>(
      `select kind from outbox where user_id = ? and kind = 'mail'`,
      [user.id],
    );
    assert.equal(rows.length, 1);
  });

  it('is ended by the user in the list of sessions', async () => {
    const { user, browser, impersonation } = await anImpersonation(app());
    const own = app().browser();
    const signIn = await own.open('/auth/sign-in');
    await signIn.press('sign-in', { login: user.email, password: user.password });
    const sessions = await own.open('/auth/account/sessions');
    const action = `/${encodeURIComponent(impersonation.sessionUid)}/end`;
    const [, button = ''] =
      new RegExp(`action="[^"]*${action}"[^]*?id="(end-\\d)"`).exec(sessions.html) ?? [];

    await sessions.press(button);

    const after = await browser.open('/auth/account');
    assert.equal(after.url.pathname, '/auth/impersonation/ended');
  });

  it('names the administrator in every token, in userinfo and in introspection', async () => {
    const { admin, user, browser } = await anImpersonation(app());
    const rp = await app().relyingParty({ first_party: true });

    const login = await rp.login(user, { scope: 'openid email offline_access' }, browser);

    const act = { sub: admin.id };
    assert.deepEqual(login.claims['act'], act);
    assert.equal(login.claims['sub'], user.id);
    assert.equal(login.claims['acr'], 'urn:ostiary:acr:impersonation');
    assert.equal(login.claims['amr'], undefined);
    assert.ok(Math.abs(Number(login.claims['auth_time']) * 1000 - Date.now()) < 60_000);
    assert.ok(Number(login.claims['exp']) * 1000 <= Date.now() + 15 * 60_000);
    assert.deepEqual((await rp.userinfo(login))['act'], act);
    assert.deepEqual((await rp.introspect(login.accessToken)).body['act'], act);
    const refreshed = await rp.refresh(login.refreshToken);
    assert.deepEqual((await rp.introspect(refreshed.accessToken)).body['act'], act);
  });

  it('names the administrator by a pairwise subject to a client that knows users so', async () => {
    const { admin, user, browser } = await anImpersonation(app());
    const rp = await app().relyingParty({ first_party: true, subject_type: 'pairwise' });
    const own = await rp.login(await app().createUser());

    const login = await rp.login(user, { scope: 'openid email' }, browser);

    const sector = 'rp.example';
    const sub = await app().services.subjectKey.subjectOf(sector, admin.id);
    assert.deepEqual(login.claims['act'], { sub });
    assert.deepEqual((await rp.userinfo(login))['act'], { sub });
    assert.deepEqual((await rp.introspect(login.accessToken)).body['act'], { sub });
    assert.equal(own.claims['act'], undefined);
  });

  it('is impossible without the right, and the action is not offered', async () => {
    const admin = await signInToPanel(app(), 'auditor');
    const user = await app().createUser();

    const detail = await admin.open(`/users/${user.id}`);
    const form = await admin.open(`/users/${user.id}/impersonate`);

    assert.equal(detail.has('act-impersonate'), false);
    assert.equal(form.status, 403);
  });

  it('is impossible for administrators, read-only ones and oneself', async () => {
    const admin = await signInToPanel(app());
    const auditor = await signInToPanel(app(), 'auditor');

    const asAuditor = await impersonate(admin, auditor);
    const asOneself = await impersonate(admin, admin);

    assert.equal(asAuditor.status, 403, asAuditor.text);
    assert.equal(asOneself.status, 403, asOneself.text);
  });

  it('is impossible for a blocked user, and without a reason', async () => {
    const admin = await signInToPanel(app());
    const user = await app().createUser();
    const form = await admin.open(`/users/${user.id}/impersonate`);

    const unexplained = await form.press('submit', { reason: ' ' });
    await app().block(user.id);
    const blocked = await form.press('submit', { reason: 'Case 4711' });

    assert.equal(unexplained.status, 400);
    assert.equal(blocked.status, 403);
  });
});

describeApp('an installation without impersonation', {}, (app) => {
  it('neither offers nor permits it', async () => {
    const admin = await signInToPanel(app());
    const user = await app().createUser();

    assert.equal((await admin.open(`/users/${user.id}`)).has('act-impersonate'), false);
    assert.equal((await impersonate(admin, user)).status, 403);
  });
});
