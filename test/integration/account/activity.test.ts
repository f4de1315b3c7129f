// The page on which users see the recent activity of their account.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';

describeApp('the recent activity page', {}, (app) => {
  it('shows the user’s own IP addresses but not those of other actors', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const other = await app().createUser();
    const { browser } = await rp.login(person);
    const { knex } = app().services.db;
    const acted = (kind: string, id: string, address: string) =>
      knex.raw(
        `insert into audit_events (id, at, event, actor_kind, actor_id, user_id, personal)
         values (gen_random_uuid(), now(), 'profile.changed', ?, ?, ?, ?)`,
        [kind, id, person.id, JSON.stringify({ address, device: 'Secret/1.0' })],
      );
    await acted('user', other.id, '192.0.2.77');
    await acted('operator', 'somebody', '192.0.2.78');

    const { text } = await browser.open('/auth/account/activity');

    assert.match(text, /127\.0\.0\.1/);
    assert.doesNotMatch(text, /192\.0\.2\.7|Secret/);
  });
});
