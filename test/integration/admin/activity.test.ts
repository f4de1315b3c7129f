// Events, sessions and tokens in the panel, and who may see them.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { seed, signInLimited, signInToPanel } from '#test/support/steps/panel.ts';

describeApp('the audit log in the panel', {}, (app) => {
  it('shows the details of an event, with the names of its actor and objects', async () => {
    const { busy, familyId } = await seed(app());
    const admin = await signInToPanel(app());

    const page = await admin.open('/audit?event=refresh_token.reused');

    assert.match(page.text, /reused generation: 0/);
    assert.ok(page.text.includes(busy.email), page.text);
    assert.ok(page.text.includes('Tasks'), page.text);
    assert.ok(page.html.includes(`/auth/admin/families/${familyId}`));
    assert.ok(page.text.includes(`token family ${familyId.slice(0, 8)}`), page.text);
  });

  it('finds the events of a user by id or email address', async () => {
    const { busy, other } = await seed(app());
    const admin = await signInToPanel(app());
    const found = async (user: string) => {
      const page = await admin.open(`/audit?user=${encodeURIComponent(user)}`);
      return page.text.includes(busy.email);
    };

    assert.equal(await found(busy.id), true);
    assert.equal(await found(busy.email.toUpperCase()), true);
    assert.equal(await found(other.id), false);
    assert.equal(await found('nobody@example.org'), false);
  });

  it('shows the filters that are set, and collapses the others', async () => {
    await seed(app());
    const admin = await signInToPanel(app());

    const folded = await admin.open('/audit?event=sign_in.succeeded&user=');
    const open = await admin.open('/audit?from=2020-01-01T00:00');

    assert.match(folded.html, /<details class="fold" id="more-fields">/);
    assert.match(open.html, /<details class="fold" id="more-fields" open>/);
  });

  it('hides names and addresses from an administrator who may not see users', async () => {
    const { busy } = await seed(app());
    const reviewer = await signInLimited(app(), 'reviewer', ['audit:read']);

    const all = await reviewer.open('/audit?event=refresh_token.reused');
    const byEmail = await reviewer.open(`/audit?user=${encodeURIComponent(busy.email)}`);

    assert.match(all.text, /reused generation: 0/);
    assert.equal(all.text.includes(busy.email), false);
    assert.equal(all.text.includes('Tasks'), false);
    assert.match(byEmail.text, /No matching events/);
  });
});

describeApp('the sessions in the panel', {}, (app) => {
  it('are found by the id or the email address of their user', async () => {
    const { busy, other } = await seed(app());
    const admin = await signInToPanel(app());
    const found = async (user: string) => {
      const page = await admin.open(`/sessions?user=${encodeURIComponent(user)}`);
      return page.text.includes(busy.email);
    };

    assert.equal(await found(''), true);
    assert.equal(await found(busy.id), true);
    assert.equal(await found(busy.email.toUpperCase()), true);
    assert.equal(await found(other.id), false);
    assert.equal(await found('nobody@example.org'), false);
  });

  it('are not found by an email address that the administrator may not see', async () => {
    const { busy } = await seed(app());
    const reviewer = await signInLimited(app(), 'session-reviewer', ['sessions:read']);

    const byEmail = await reviewer.open(`/sessions?user=${encodeURIComponent(busy.email)}`);
    const byId = await reviewer.open(`/sessions?user=${busy.id}`);

    assert.match(byEmail.text, /No session of this user/);
    assert.equal(byId.has('search'), true);
    assert.equal(byId.text.includes(busy.email), false);
    assert.doesNotMatch(byId.text, /No session of this user/);
  });
});

describeApp('the page of a user', {}, (app) => {
  it('shows each part only to administrators who may read it', async () => {
    const { busy } = await seed(app());
    const parts = ['Sessions', 'Apps with access', 'Refresh token families', 'Recent events'];
    const shownTo = async (name: string, scopes: readonly string[]) => {
      const helper = await signInLimited(app(), name, scopes);
      const { html } = await helper.open(`/users/${busy.id}`);
      return parts.filter((part) => html.includes(`aria-label="${part}"`));
    };

    assert.deepEqual(await shownTo('names', ['users:read']), []);
    const devices = await shownTo('devices', ['users:read', 'sessions:read']);
    assert.deepEqual(devices, ['Sessions', 'Refresh token families']);
    const apps = await shownTo('apps', ['users:read', 'grants:read', 'audit:read']);
    assert.deepEqual(apps, ['Apps with access', 'Recent events']);
  });

  it('does not repeat the object of the page in each event', async () => {
    const { busy } = await seed(app());
    const admin = await signInToPanel(app());

    const { html } = await admin.open(`/users/${busy.id}`);

    const about = html.split('<td data-label="About"').slice(1);
    assert.ok(about.length > 0);
    for (const cell of about) {
      assert.equal(cell.slice(0, cell.indexOf('</td>')).includes(busy.id), false, cell);
    }
  });
});

describeApp('the picture of a refresh token family', {}, (app) => {
  it('lists tokens in order up to the reuse, also when all happened within a second', async () => {
    const { familyId } = await seed(app());
    const admin = await signInToPanel(app());

    const page = await admin.open(`/families/${familyId}`);

    assert.match(page.text, /Token 0 issued.*Token 1 issued.*Token 2 issued.*Token 0 was reused/s);
    assert.doesNotMatch(page.text, /Rotations over time/);
  });

  it('draws a longer life on a timeline, from its first token to its end', async () => {
    const { familyId: id } = await seed(app());
    const { knex } = app().services.db;
    const began = new Date(app().services.now().getTime() - 3.5 * 3_600_000);
    await knex('refresh_families').where({ id }).update({ created_at: began });
    const admin = await signInToPanel(app());

    const page = await admin.open(`/families/${id}`);

    assert.match(page.text, /Rotations over time/);
    assert.match(page.text, /3 hours later/);
    const [, x, width] =
      /class="lane"[^>]* x="([\d.]+)"[^>]* width="([\d.]+)"/.exec(page.html) ?? [];
    assert.ok(Number(x) < 20 && Number(width) > 500, `${x} ${width}`);
  });
});

describeApp('settings in the panel', { settings: { SESSION_IDLE_SECONDS: '7200' } }, (app) => {
  it('stand in the sections of the reference, and can be filtered without script', async () => {
    const admin = await signInToPanel(app());
    const shown = async (query: string) => {
      const { html } = await admin.open(`/settings${query}`);
      return [...html.matchAll(/<code>([A-Z_\d]+)<\/code>/g)].map(([, name]) => name);
    };

    const page = await admin.open('/settings');
    assert.match(page.html, /aria-label="Server".*aria-label="Tokens".*aria-label="Passwords"/s);
    assert.match(page.text, /7200 \(2 hours\)/);
    assert.match(page.text, /within seconds, without a restart\./);
    assert.match(page.html, /default<\/small>\s*<small class="under"><bdi>PORT speaks plain HTTP/);
    assert.deepEqual(await shown('?q=argon2_mem'), ['ARGON2_MEMORY_KIB']);
    assert.deepEqual(await shown('?section=Keys'), ['ENCRYPTION_KEYS', 'COOKIE_KEYS']);
    const set = await shown('?set=on');
    assert.deepEqual(
      [set.includes('SESSION_IDLE_SECONDS'), set.includes('SESSION_MAX_SECONDS')],
      [true, false],
    );
    assert.match((await admin.open('/settings?q=zzz')).text, /No setting matches/);
  });

  it('are described in a sentence or two, with the rest collapsed and in the documentation', async () => {
    const admin = await signInToPanel(app());
    const { html } = await admin.open('/settings?q=CLIENT_CERTIFICATE_PORT');
    const short = await admin.open('/settings?q=ADMIN_ALLOW');

    const [hint = '', rest = ''] = html.split('<details class="rest">');
    assert.match(hint, /A second HTTPS port that requests[^<]* certificate\.</);
    assert.match(rest, /PORT<\/code> never asks, so browsers show no prompt\. Requires <code>TLS/);
    assert.match(rest, /href="\/auth\/mkdocs\/configuration\.html#client_certificate_port"/);
    assert.equal(short.html.includes('class="rest"'), false);
  });
});
