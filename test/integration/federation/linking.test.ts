// Linking of an external account to an existing account, which requires proof of control of both.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aStranger } from '#test/support/actors/identity-provider.ts';
import { signInUpstream, startAppWithProviders } from '#test/support/steps/federation.ts';
import { mailsTo } from '#test/support/steps/mailbox.ts';

const linkedPath = '/auth/account/linked';

describe('external account with the address of an existing user', () => {
  it('is not linked before the user signs in to the existing account and confirms', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const person = await app.createUser();
    other.become(aStranger({ email: person.email }));
    const browser = app.browser();
    const asked = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);

    const signIn = await asked.press('link');
    const question = await signIn.press('sign-in', {
      login: person.email,
      password: person.password,
    });
    const done = await question.press('link');

    assert.equal(asked.has('register'), false, asked.text);
    assert.match(asked.text, /already/);
    assert.match(signIn.text, /Sign in as usual/);
    assert.match(
      question.text,
      new RegExp(`also be able to sign in with Google.* ${person.email} Google`),
    );
    assert.equal(done.url.pathname, '/auth/account', done.text);
    assert.match(done.text, /Account linked/);
    const later = app.browser();
    const back = await signInUpstream(later, await later.open('/auth/sign-in'), other);
    assert.match(back.text, new RegExp(person.email));
    const subjects = (await mailsTo(app, person.email)).map(({ subject }) => subject);
    assert.ok(
      subjects.some((subject) => /Google was linked/.test(subject)),
      subjects.join(),
    );
  });

  it('is not linked without the password, nor when the user declines', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const person = await app.createUser();
    other.become(aStranger({ email: person.email }));
    const browser = app.browser();
    const asked = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);
    const signIn = await asked.press('link');

    const wrong = await signIn.press('sign-in', {
      login: person.email,
      password: 'not mine at all',
    });
    const forced = await browser.open('/auth/account/linked/new');
    const question = await wrong.press('sign-in', {
      login: person.email,
      password: person.password,
    });
    const no = await question.press('not-now');

    assert.equal(wrong.status, 422);
    assert.equal(forced.url.pathname, '/auth/sign-in');
    assert.equal(question.heading, 'Link these accounts?');
    assert.equal(no.url.pathname, '/auth/account');
    assert.deepEqual(await app.services.db.knex('identities'), []);
  });

  it('is linked during an authorization request, which then continues', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const person = await app.createUser();
    other.become(aStranger({ email: person.email }));
    const rp = await app.relyingParty();
    const browser = app.browser();
    const pending = await rp.request();
    const asked = await signInUpstream(browser, await browser.open(pending.url), other);

    const signIn = await asked.press('link');
    const question = await signIn.press('sign-in', {
      login: person.email,
      password: person.password,
    });
    const consent = await question.press('link');
    const tokens = await rp.exchange(rp.receive(await consent.press('allow'), pending));

    assert.equal(tokens.claims['sub'], person.id);
    assert.deepEqual(tokens.claims['amr'], ['pwd']);
    const rows: { user_id: string }[] = await app.services.db.knex('identities');
    assert.deepEqual(
      rows.map(({ user_id }) => user_id),
      [person.id],
    );
  });

  it('does not reveal an address that the provider has not verified', async (t) => {
    const { app, other } = await startAppWithProviders(t, {
      setting: { trust_email: false },
      settings: { EMAIL_VERIFICATION: 'required' },
    });
    const person = await app.createUser();
    const words = async (email: string) => {
      other.become(aStranger({ email }));
      const browser = app.browser();
      const asked = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);
      const waits = await asked.press('register');
      return [asked.text, waits.text].map((text) =>
        text.replaceAll(email, 'address').replaceAll(other.state.person.sub, ''),
      );
    };

    assert.deepEqual(await words(person.email), await words('anna@example.com'));
    assert.deepEqual(await app.services.db.knex('identities'), []);
  });

  it('does not give access to an attacker with an unverified account', async (t) => {
    const settings = { EMAIL_VERIFICATION: 'later' };
    const standIns = [{}, { id: 'evil', name: 'Evil', clientId: 'evil' }];
    const { app, other, others } = await startAppWithProviders(t, { settings, standIns });
    const [, evil] = others;
    assert.ok(evil);
    const victim = aStranger();
    const attacker = app.browser();
    const page = await attacker.open('/auth/register');
    const email = victim.email ?? '';
    const made = await page.press('register', {
      email,
      name: 'Mallory',
      password: 'a long password of theirs',
    });
    assert.equal(made.url.pathname, '/auth/account');
    const open = await (
      await attacker.open(linkedPath)
    ).press('confirm', { password: 'a long password of theirs' });
    evil.become(aStranger({ email: 'mallory@evil.example' }));
    await signInUpstream(attacker, open, evil, 'link-evil');
    other.become(victim);

    const browser = app.browser();
    const asked = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);
    const recovery = app.services.recovery;
    const user = await app.services.users.findByEmailKey(email);
    assert.ok(user);
    await recovery.ask(email, {
      binding: 'b',
      locale: 'en',
      interaction: undefined,
      address: '::1',
    });
    const [mail] = await mailsTo(app, email);
    const token = /recover\/link\/([\w.-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
    const proof = await recovery.findByLink(token);
    assert.ok(proof);
    await recovery.setPassword(proof, 'a long password of mine');

    assert.equal(asked.has('register'), false);
    assert.deepEqual(await app.services.db.knex('identities'), []);
    const back = app.browser();
    const refused = await signInUpstream(back, await back.open('/auth/sign-in'), evil, 'with-evil');
    assert.equal(refused.heading, 'Almost there');
  });
});
