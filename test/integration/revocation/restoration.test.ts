// The completion of a restoration, as users see it: it invalidates links in mails, trusted devices, sign-ins
// in progress and codes, which may have been used since the backup.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { linkIn, mailsTo, newestMail } from '#test/support/steps/mailbox.ts';
import { codeOf, setUpCodes } from '#test/support/steps/totp.ts';
import { aTrustingUser, isSpared, typePassword } from '#test/support/steps/trusted-devices.ts';

const by = { kind: 'operator' } as const;

describeOnEachArrangement('the completion of a restoration', (app) => {
  it('invalidates the links in mails that were sent before', async () => {
    const { email } = await app().createUser();
    const form = await app().browser().open('/auth/recover');
    await form.press('recover', { email });
    const link = linkIn(await newestMail(app(), email), '/recover/link/');

    await app().services.restoration.finish(by);

    const page = await app().browser().open(link);
    assert.equal(page.has('password'), false, page.text);
    // A new link works.
    await (await app().browser().open('/auth/recover')).press('recover', { email });
    const next = linkIn(await newestMail(app(), email), '/recover/link/');
    assert.equal((await app().browser().open(next)).has('password'), true);
  });

  it('ends sign-ins in progress, and refuses the current code of an authenticator', async () => {
    const rp = await app().relyingParty({ first_party: true });
    const person = await app().createUser();
    const { browser } = await rp.login(person);
    const { secret } = await setUpCodes(browser, person);
    const other = app().browser();
    const pending = await typePassword(await other.open('/auth/sign-in'), person);
    assert.equal(pending.has('verify'), true);

    await app().services.restoration.finish(by);

    const refused = await pending.press('verify', { code: codeOf(secret, 1) });
    assert.notEqual(refused.url.pathname, '/auth/account');
    const fresh = await typePassword(await app().browser().open('/auth/sign-in'), person);
    const again = await fresh.press('verify', { code: codeOf(secret, 1) });
    assert.equal(again.has('verify'), true, again.text);
  });

  it('holds back mail that may have been sent, and lists it', async () => {
    const person = await app().createUser();
    await app().block(person.id);

    const { ended } = await app().services.restoration.finish(by);

    assert.ok(ended.held_back_mails > 0);
    assert.deepEqual(await mailsTo(app(), person.email), []);
    const dead = await app().services.deadLetters.list({ dead: true, limit: 100 });
    const found = dead.filter(({ userId }) => userId === person.id);
    assert.match(found[0]?.lastError ?? '', /before the database was restored/);
  });

  it('continues the audit chain, and reports one that is damaged', async () => {
    const { services } = app();
    await services.auditChain.seal();
    const { audit } = await services.restoration.finish(by);
    const { rows } = await services.db.knex.raw(
      `select event, details -> 'ended' ->> 'sessions' as sessions from audit_events
        where seq is not null order by seq desc limit 1`,
    );

    assert.equal(audit.faultCount, 0);
    assert.equal(rows[0].event, 'database.restored');
    assert.match(rows[0].sessions, /^\d+$/);
    await damage(app());
    assert.ok((await services.restoration.finish(by)).audit.faultCount > 0);
  });

  // Last, because it advances the clock, after which earlier sign-ins count as outdated.
  it('asks for the second factor again on trusted devices', async (t) => {
    const { browser, person } = await aTrustingUser(t, app());
    assert.equal(await isSpared(browser, person), true);

    await app().services.restoration.finish(by);

    assert.equal(await isSpared(browser, person), false);
  });
});

describeApp('the completion of a restoration without an administrator', {}, (app) => {
  it('invalidates setup links', async () => {
    const { services } = app();
    const link = (await services.setup.issueLink()) ?? '';
    assert.equal((await app().browser().open(link)).has('email'), true);

    await services.restoration.finish(by);

    assert.equal((await app().browser().open(link)).has('email'), false);
  });
});

async function damage({ services }: TestApp): Promise<void> {
  await services.db.knex('audit_events').where({ seq: 1 }).update({ event: 'user.unblocked' });
}
