// The account page of linked accounts: linking, unlinking, and the last sign-in method.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aStranger } from '#test/support/actors/identity-provider.ts';
import { signInUpstream, startAppWithProviders } from '#test/support/steps/federation.ts';
import { mailsTo } from '#test/support/steps/mailbox.ts';
import { signInOwn } from '#test/support/steps/passkeys.ts';

const linkedPath = '/auth/account/linked';

describe('page of linked accounts', () => {
  it('links another account after reauthentication and unlinks it', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const person = await app.createUser();
    const browser = app.browser();
    await signInOwn(browser, person);
    const locked = await browser.open(linkedPath);
    const open = await locked.press('confirm', { password: person.password });

    const linked = await signInUpstream(browser, open, other, 'link-google');
    const unlinked = await linked.press('unlink-google');

    assert.equal(locked.has('link-google'), false);
    assert.match(linked.text, new RegExp(`Google ${other.state.person.email}`));
    assert.match(unlinked.text, /You haven’t linked any/);
    const events: { event: string }[] = await app.services.db
      .knex('audit_events')
      .where({ user_id: person.id })
      .whereLike('event', 'identity.%')
      .orderBy('event');
    assert.deepEqual(
      events.map(({ event }) => event),
      ['identity.linked', 'identity.unlinked'],
    );
  });

  it('requires reauthentication and refuses an account linked to another user', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const [one, two] = [await app.createUser(), await app.createUser()];
    for (const person of [one, two]) {
      const browser = app.browser();
      await signInOwn(browser, person);
      const locked = await browser.open(linkedPath);
      const body = new URLSearchParams([...locked.form('confirm').fields, ['purpose', 'link']]);
      body.delete('password');
      const forced = await app.send(`${app.issuer}/auth/with/google`, {
        method: 'POST',
        body,
        headers: { cookie: browser.cookies.header(new URL(app.issuer)), origin: app.issuer },
      });
      assert.equal(forced.headers.get('location'), linkedPath);
      const open = await locked.press('confirm', { password: person.password });
      const end = await signInUpstream(browser, open, other, 'link-google');
      assert.equal(end.url.searchParams.get('problem'), person === one ? null : 'with-taken');
    }
  });

  it('keeps the last sign-in method, and the password unless two others remain', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const browser = app.browser();
    const asked = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);
    await asked.press('register');
    const page = await browser.open(linkedPath);
    const proven = await signInUpstream(browser, page, other, 'confirm-google');
    const form = proven.form('link-google');
    const [identity]: { id: string }[] = await app.services.db.knex('identities');

    const forced = await app.send(`${app.issuer}${linkedPath}/unlink`, {
      method: 'POST',
      body: new URLSearchParams([
        ['form_token', form.fields.get('form_token') ?? ''],
        ['identity', identity?.id ?? ''],
      ]),
      headers: { cookie: browser.cookies.header(new URL(app.issuer)), origin: app.issuer },
    });

    assert.equal(proven.has('unlink-google'), false);
    assert.ok(proven.has('last'));
    assert.equal(forced.status, 422);
    assert.match(await forced.text(), /only way to sign in/);
    assert.equal((await app.services.db.knex('identities')).length, 1);
  });

  it('reauthenticates a user without a password at the provider', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const mine = other.become(aStranger());
    const browser = app.browser();
    const asked = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);
    await asked.press('register');

    other.become(aStranger());
    const another = await signInUpstream(
      browser,
      await browser.open(linkedPath),
      other,
      'confirm-google',
    );
    other.become(mine);
    other.spoil({ claims: { auth_time: Math.floor(Date.now() / 1000) - 3600 } });
    const stale = await signInUpstream(
      browser,
      await browser.open(linkedPath),
      other,
      'confirm-google',
    );
    other.spoil({ hidesTime: true });
    const silent = await signInUpstream(
      browser,
      await browser.open(linkedPath),
      other,
      'confirm-google',
    );
    other.spoil({});
    const blocked = (await browser.open('/auth/account/delete')).text;
    await signInUpstream(browser, await browser.open(linkedPath), other, 'confirm-google');
    const gone = await (await browser.open('/auth/account/delete')).press('delete');

    assert.equal(another.url.searchParams.get('problem'), 'with-other');
    assert.equal(stale.url.searchParams.get('problem'), 'with-stale');
    assert.equal(silent.url.searchParams.get('problem'), 'with-stale');
    assert.deepEqual(
      [other.state.asked.get('prompt'), other.state.asked.get('max_age')],
      ['login', '0'],
    );
    assert.match(blocked, /Confirm it’s you/);
    assert.match(gone.text, /7 days|deleted/);
  });

  it('removes accounts linked by an attacker when the owner reports the sign-in', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const person = await app.createUser();
    await signInOwn(app.browser(), person);
    const attacker = app.browser();
    await signInOwn(attacker, person);
    const open = await (
      await attacker.open(linkedPath)
    ).press('confirm', { password: person.password });
    await signInUpstream(attacker, open, other, 'link-google');
    const mails = await mailsTo(app, person.email);
    const text = mails.map((mail) => mail.text).join('\n');
    const [link = ''] = /https?:\/\/\S*\/auth\/not-me\/\S+/.exec(text) ?? [];

    await (await app.browser().open(link)).press('continue');

    assert.deepEqual(await app.services.db.knex('identities'), []);
    const back = app.browser();
    const asked = await signInUpstream(back, await back.open('/auth/sign-in'), other);
    assert.equal(asked.heading, 'Almost there');
  });
});
