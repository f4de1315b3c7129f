// Users in the panel: pages, actions and audit events.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { eventsOf, seed, signInLimited, signInToPanel } from '#test/support/steps/panel.ts';

describeApp('users in the panel', {}, (app) => {
  it('are found by part of the address and listed page by page', async () => {
    const admin = await signInToPanel(app());
    const people = await Promise.all(
      Array.from({ length: 27 }, (_, index) =>
        app().createUser({ email: `paged${String(index).padStart(2, '0')}@example.org` }),
      ),
    );

    const first = await admin.open('/users?q=paged');
    const next = /id="next"[^>]*href="([^"]+)"/.exec(first.html)?.[1]?.replaceAll('&amp;', '&');
    const second = await admin.browser.open(next ?? '');
    const none = await admin.open('/users?q=nobody-at-all');

    const shown = `${first.text} ${second.text}`;
    assert.deepEqual(
      people.filter(({ email }) => !shown.includes(email)),
      [],
    );
    assert.equal(second.has('next'), false);
    assert.match(none.text, /No user matches/);
  });

  it('are listed with their last sign-in for administrators who may read the audit log', async () => {
    const { busy, other } = await seed(app());
    await app()
      .services.db.knex('audit_events')
      .insert({
        id: randomUUID(),
        at: new Date(Date.now() - 40 * 86_400_000),
        event: 'sign_in.succeeded',
        actor_kind: 'user',
        actor_id: other.id,
        user_id: other.id,
      });
    const admin = await signInToPanel(app());
    const helper = await signInLimited(app(), 'no-log', ['users:read']);
    const cellOf = async (email: string) => {
      const { html } = await admin.open(`/users?q=${encodeURIComponent(email)}`);
      return /data-label="Last sign-in"><div>\s*(.*?)\s*<\/div>/.exec(html)?.[1] ?? '';
    };

    assert.match(await cellOf(busy.email), /<time datetime="[^"]+" title="[^"]+">just now</);
    assert.match(
      await cellOf(other.email),
      /title="[^"]+">(?:last month|1 month ago|5 weeks ago)</,
    );
    assert.match(await cellOf((await app().createUser()).email), /never/);
    assert.equal((await helper.open('/users')).text.includes('Last sign-in'), false);
  });

  it('are shown with the time of their last password change', async () => {
    const person = await app().createUser();
    const { knex } = app().services.db;
    const changed = new Date(Date.now() - 3 * 86_400_000);
    await knex('password_credentials')
      .where({ user_id: person.id })
      .update({ changed_at: changed });
    const admin = await signInToPanel(app());

    const page = await admin.open(`/users/${person.id}`);

    assert.match(page.text, /Password changed 3 days ago/);
    assert.ok(page.html.includes(`<time datetime="${changed.toISOString()}"`));
  });

  it('can be filtered by any role, including custom ones', async () => {
    const admin = await signInToPanel(app());
    const helper = await signInLimited(app(), 'helpdesk', ['users:read']);
    const other = await app().createUser();

    const list = await admin.open('/users');
    const found = await list.press('search', { role: 'helpdesk' });

    for (const role of ['admin', 'auditor', 'helpdesk']) {
      assert.match(list.html, new RegExp(`<option value="${role}"`), role);
    }
    assert.match(found.text, new RegExp(helper.email));
    assert.equal(found.text.includes(other.email), false);
    assert.match(found.html, /<option value="helpdesk" selected/);
  });

  it('offers an administrator who may not see roles only the built-in ones', async () => {
    await signInLimited(app(), 'hidden-role', ['users:read']);
    const limited = await signInLimited(app(), 'viewer', ['users:read']);

    const list = await limited.open('/users');

    assert.match(list.html, /<option value="auditor"/);
    assert.doesNotMatch(list.html, /<option value="hidden-role"/);
  });

  it('refuses a cursor of another list', async () => {
    const admin = await signInToPanel(app());

    const page = await admin.open(
      '/users?cursor=WyJhIl0.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    );

    assert.equal(page.status, 400);
  });

  it('are blocked with a reason and a receipt, and unblocked', async () => {
    const admin = await signInToPanel(app());
    const { busy } = await seed(app());

    const form = await admin.open(`/users/${busy.id}/block`);
    const unexplained = await form.press('submit', { reason: ' ' });
    assert.deepEqual([unexplained.status, unexplained.has('error')], [400, true]);
    const receipt = await form.press('submit', { reason: 'Stolen laptop' });

    assert.match(receipt.text, /Sessions ended 2/);
    assert.match(receipt.text, /Refresh token families revoked 1/);
    const detail = await admin.open(`/users/${busy.id}`);
    assert.match(detail.text, /Blocked since .* Reason: Stolen laptop/);
    const [event] = (await eventsOf(app(), { userId: busy.id })).filter(
      ({ event: name }) => name === 'user.blocked',
    );
    assert.deepEqual([event?.actorKind, event?.actorId], ['user', admin.id]);
    assert.equal(event?.details['reason'], 'Stolen laptop');

    const unblock = await admin.open(`/users/${busy.id}/unblock`);
    const after = await unblock.press('submit', { reason: 'Found again' });
    assert.equal(after.has('notice'), true);
    const events = await eventsOf(app(), { userId: busy.id });
    const unblocked = events.find(({ event: name }) => name === 'user.unblocked');
    assert.equal(unblocked?.details['reason'], 'Found again');
  });

  it('cannot be blocked or deleted by themselves', async () => {
    const admin = await signInToPanel(app());

    const form = await admin.open(`/users/${admin.id}/block`);
    const refused = await form.press('submit', { reason: 'A mistake' });

    assert.deepEqual([refused.status, refused.has('error')], [409, true]);
    assert.equal((await admin.open('/users')).heading, 'Users');
  });

  it('are added with a password, edited, given the role and deleted', async () => {
    const admin = await signInToPanel(app());
    const form = await admin.open('/users/new');
    const weak = await form.press('submit', { email: 'eve@example.org', password: 'short' });
    assert.deepEqual([weak.status, weak.has('error')], [400, true]);

    const password = 'a quiet river at dawn 71';
    const detail = await weak.press('submit', { email: 'eve@example.org', password });
    assert.equal(detail.has('notice'), true, detail.text);
    const id = detail.url.pathname.split('/').at(-1) ?? '';
    const edit = await admin.open(`/users/${id}/edit`);
    const unexplained = await edit.press('submit', { name: 'Eve Moneypenny' });
    assert.match(unexplained.text, /Enter a reason/);
    const edited = await unexplained.press('submit', { reason: 'She married' });
    assert.match(edited.heading, /^Eve Moneypenny/);
    const roles = await admin.open(`/users/${id}/roles`);
    const granted = await roles.press('submit', { 'role-admin': 'on', reason: 'New colleague' });
    assert.match(granted.text, /The role is assigned/);
    assert.deepEqual((await app().services.users.findById(id))?.roles, ['admin']);

    const remove = await admin.open(`/users/${id}/delete`);
    assert.match(remove.text, /permanently deleted\. .*Type eve@example\.org to confirm/);
    const wrong = await remove.press('submit', { email: 'other@example.org', reason: 'Left' });
    assert.equal(wrong.status, 400);
    await wrong.press('submit', { email: 'eve@example.org', reason: 'Left' });

    assert.equal(await app().services.users.findById(id), undefined);
    assert.equal((await admin.open(`/users/${id}`)).status, 404);
  });

  it('are invited, with the link shown once', async () => {
    const admin = await signInToPanel(app());

    const form = await admin.open('/users/invite');
    const done = await form.press('submit', { email: 'new.one@example.org' });

    assert.match(done.html, /id="invitation-link"[^>]*>http.*\/auth\/invitation\//);
  });

  it('lose the second factor, and are notified', async () => {
    const admin = await signInToPanel(app());
    const person = await app().createUser();

    const form = await admin.open(`/users/${person.id}/second-factor`);
    const refused = await form.press('submit', { reason: 'Lost phone' });

    assert.equal(refused.status, 409);
    assert.match(refused.text, /no second factor/);
  });
});
