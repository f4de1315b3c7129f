// The invented users of `npm run seed`: the pages and the audit log must work with them as with real
// ones.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fillDatabase, seededAdmin } from '#bench/seed/fill.ts';
import { describeApp } from '#test/support/app.ts';

const sizes = { users: 60, sessions: 30, auditEvents: 500 };
const ignore = () => undefined;

describeApp('seeded database', {}, (app) => {
  it('has users who can sign in, an administrator and a valid audit log', async () => {
    const { services, browser } = app();
    await fillDatabase(services, sizes, ignore);
    const { rows } = await services.db.knex.raw(
      'select email from users where email_verified_at is not null and blocked_at is null order by created_at limit 1',
    );
    const { password } = seededAdmin;

    for (const login of [rows[0].email, seededAdmin.email]) {
      const page = await (
        await browser().open('/auth/sign-in')
      ).press('sign-in', { login, password });
      assert.equal(page.heading, 'Your account');
    }
    const panel = await (
      await browser().open('/auth/admin')
    ).press('sign-in', {
      login: seededAdmin.email,
      password,
    });
    assert.equal(panel.heading, 'Overview');
    const report = await services.auditVerification.verify();
    assert.equal(report.faultCount, 0);
    assert.ok(report.entries >= sizes.auditEvents);
  });

  it('is not filled a second time', async () => {
    await assert.rejects(fillDatabase(app().services, sizes, ignore), /already has users/);
  });
});
