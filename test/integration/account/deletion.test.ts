// Account deletion: request, grace period, erasure. The rows that remain hold no personal data.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import { inLine, rowOfUser } from '#test/support/services/row-locks.ts';
import { mailsTo } from '#test/support/steps/mailbox.ts';
import { assertInvalidGrant, inactive, offline } from '#test/support/data/outcomes.ts';
import type { Person } from '#test/support/actors/relying-party.ts';

const path = '/auth/account/delete';
const weekSeconds = 7 * 24 * 60 * 60;

async function signIn(app: TestApp, { email, password }: Person) {
  const browser = app.browser();
  const page = await (
    await browser.open('/auth/sign-in')
  ).press('sign-in', { login: email, password });
  return { browser, page };
}

async function subjectsTo(app: TestApp, address: string): Promise<readonly string[]> {
  return (await mailsTo(app, address)).map(({ subject }) => subject);
}

/** A user who has granted tokens to a client and has just requested deletion. */
async function requestDeletion(app: TestApp) {
  const rp = await app.relyingParty();
  const person = await app.createUser();
  const login = await rp.login(person, offline);
  const page = await login.browser.open(path);
  const done = await page.press('delete', { password: person.password });
  assert.ok(done.has('signed-out'), done.text);
  return { rp, person, login };
}

describeOnEachArrangement('account deletion', (app) => {
  it('revokes all sessions and tokens at once and can be cancelled for a week', async () => {
    const { rp, person, login } = await requestDeletion(app());
    assert.ok((await login.browser.open('/auth/account')).has('sign-in'));
    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));

    const { page } = await signIn(app(), person);
    const kept = await page.press('keep');

    assert.match(page.text, /will be deleted in (6|7) days/);
    assert.ok(!kept.has('keep'), kept.text);
    assert.ok(
      (await subjectsTo(app(), person.email)).includes('Your Ostiary account will be deleted'),
    );
    const { rows } = await app().services.db.knex.raw(
      'select deletion_due_at from users where id = ?',
      [person.id],
    );
    assert.deepEqual(rows, [{ deletion_due_at: null }]);
  });

  it('erases personal data after a week, and sign-in is no longer possible', async (t) => {
    const clock = holdClock(t);
    const { rp, person, login } = await requestDeletion(app());
    const { deletion } = app().services;
    clock.advance(weekSeconds - 60);
    assert.equal(await deletion.runDue(), 0);
    clock.advance(120);

    assert.equal(await deletion.runDue(), 1);

    assert.equal((await rp.introspect(login.accessToken)).text, inactive);
    const [mail] = await mailsTo(app(), person.email);
    assert.equal(mail?.subject, 'Your Ostiary account has been deleted');
    assert.match(mail?.text ?? '', /as you requested/);
    const { knex } = app().services.db;
    const left = await Promise.all(
      ['audit_events', 'sessions', 'refresh_families', 'users'].map((table) =>
        knex(table).select(),
      ),
    );
    const text = JSON.stringify(left);
    assert.equal(text.includes(person.email), false);
    const events = await knex('audit_events').where({ user_id: person.id });
    assert.deepEqual(new Set(events.map(({ personal }) => personal)), new Set([null]));
    const verdict = await app().services.auditVerification.verify();
    assert.deepEqual(verdict.faults, []);
    assert.equal((await signIn(app(), person)).page.status, 422);
  });

  it('gives a new sub to an account registered later with the same email', async (t) => {
    const clock = holdClock(t);
    const { person } = await requestDeletion(app());
    clock.advance(weekSeconds + 60);
    await app().services.deletion.runDue();

    const again = await app().createUser({ email: person.email });

    assert.notEqual(again.id, person.id);
    const rp = await app().relyingParty();
    assert.equal((await rp.login(again)).claims.sub, again.id);
  });
});

describeApp('the deletion job', {}, (app) => {
  it('rereads each account before it deletes it', async (t) => {
    const clock = holdClock(t);
    const { person: first } = await requestDeletion(app());
    clock.advance(1);
    const { person: cancelling } = await requestDeletion(app());
    clock.advance(1);
    const { person: moved } = await requestDeletion(app());
    clock.advance(weekSeconds);
    const { deletion, users, userAdministration } = app().services;
    const email = `moved.${moved.email}`;

    const [deleted] = await inLine(
      app(),
      rowOfUser(first.id),
      [() => deletion.runDue()],
      async () => {
        const { page } = await signIn(app(), cancelling);
        const kept = await page.press('keep');
        assert.ok(!kept.has('keep'), kept.text);
        const change = { claims: {}, email, isVerified: true };
        await userAdministration.update(moved.id, change, { kind: 'operator' });
      },
    );

    assert.equal(deleted, 2);
    assert.equal((await users.findById(cancelling.id))?.email, cancelling.email);
    const { page } = await signIn(app(), cancelling);
    assert.equal(page.url.pathname, '/auth/account', page.text);
    const subject = 'Your Ostiary account has been deleted';
    assert.deepEqual(await subjectsTo(app(), email), [subject]);
    assert.ok(!(await subjectsTo(app(), moved.email)).includes(subject));
  });
});

describeApp('the account deletion page', {}, (app) => {
  it('refuses deletion without the correct password', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser());

    const refused = await (await browser.open(path)).press('delete', { password: 'not mine' });

    assert.equal(refused.status, 422);
    assert.ok((await browser.open('/auth/account')).has('sign-out'));
  });
});
