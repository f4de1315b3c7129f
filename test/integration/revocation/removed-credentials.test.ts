// Sign-ins that were proven with a credential and are not complete when it is removed: the attacker waits on
// the consent page or at the second step.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Knex } from 'knex';
import { createIdentityStore } from '#features/federation/identities.store.ts';
import { createTrustedDeviceStore } from '#features/trusted-devices/trusted-devices.store.ts';
import { shareInSuite } from '#test/support/app.ts';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import { aStranger } from '#test/support/actors/identity-provider.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { inLine } from '#test/support/services/row-locks.ts';
import {
  answerFor,
  signInUpstream,
  startAppWithProviders,
} from '#test/support/steps/federation.ts';
import { answerWith, ask, signInOwn, withPasskey } from '#test/support/steps/passkeys.ts';
import { aUserWithCodes, typePassword } from '#test/support/steps/trusted-devices.ts';

const operator = { kind: 'operator' } as const;
const linkedPath = '/auth/account/linked';

describe('a sign-in whose credential is removed before it is complete', () => {
  const shared = shareInSuite((works) => startAppWithProviders(works));
  const services = () => shared().app.services;

  async function openLinked(person: Person): Promise<{ browser: Browser; page: Page }> {
    const browser = shared().app.browser();
    await signInOwn(browser, person);
    const page = await browser.open(linkedPath);
    return { browser, page: await page.press('confirm', { password: person.password }) };
  }

  /** The owner has linked an account, with which the attacker signs in. */
  async function withLinked() {
    const { app, other } = shared();
    other.become(aStranger());
    const person = await app.createUser();
    const { browser, page } = await openLinked(person);
    await signInUpstream(browser, page, other, 'link-google');
    const [identity] = await services().identities.list(person.id);
    assert.ok(identity);
    return { person, identity };
  }

  const upstream = (browser: Browser, page: Page) => signInUpstream(browser, page, shared().other);

  async function isRefused(
    signIn: (browser: Browser, page: Page) => Promise<Page>,
    remove: () => Promise<unknown>,
  ): Promise<void> {
    const { app } = shared();
    const rp = await app.relyingParty();
    const { url } = await rp.request({ scope: 'openid email' });
    const browser = app.browser();
    const consent = await signIn(browser, await browser.open(url));
    assert.ok(consent.has('allow'), consent.text);

    assert.notEqual(await remove(), false);
    const page = await consent.press('allow');

    assert.equal(page.left, false);
    const account = await browser.open('/auth/account');
    assert.notEqual(account.url.pathname, '/auth/account');
  }

  it('is refused if an operator removes the passkey', async () => {
    const { app } = shared();
    const { device, person } = await withPasskey(app, await app.createUser());

    await isRefused(
      async (browser, page) => answerWith(page, device.get(await ask(app, browser, page))),
      () => services().credentialAdministration.removePasskey(person.id, device.id, operator),
    );
  });

  it('is refused if an operator removes the password', async () => {
    const person = await shared().app.createUser();

    await isRefused(
      (_, page) => typePassword(page, person),
      () => services().credentialAdministration.removePassword(person.id, operator),
    );
  });

  it('is refused if an operator removes the linked account', async () => {
    const { person, identity } = await withLinked();

    await isRefused(upstream, () => services().identities.remove(person.id, identity.id, operator));
  });

  it('is refused if the user unlinks the account', async () => {
    const { person } = await withLinked();

    await isRefused(upstream, async () => {
      const { page } = await openLinked(person);
      assert.match((await page.press('unlink-google')).text, /You haven’t linked any/);
    });
  });

  it('is refused at the second step if an operator removes the password', async (t) => {
    const { app } = shared();
    const { person, nextCode } = await aUserWithCodes(t, app);
    const browser = app.browser();
    const step = await typePassword(await browser.open('/auth/sign-in'), person);

    assert.ok(await services().credentialAdministration.removePassword(person.id, operator));
    await step.press('verify', { code: nextCode() });

    assert.notEqual((await browser.open('/auth/account')).url.pathname, '/auth/account');
  });

  it('is refused if the account is unlinked after it was found and before the user is read', async () => {
    const { app, other } = shared();
    const { person, identity } = await withLinked();
    const browser = app.browser();
    const callback = await answerFor(await browser.open('/auth/sign-in'), other);
    let holder: Knex | undefined;
    const lockUsers = async (tx: Knex) => {
      holder = tx;
      await tx.raw('lock table users in access exclusive mode');
    };

    const [page] = await inLine(app, lockUsers, [() => browser.open(callback)], async () => {
      assert.ok(holder);
      const { db } = services();
      await createTrustedDeviceStore(db).removeAll(person.id, holder);
      await createIdentityStore(db).remove(person.id, identity.id, holder);
    });

    assert.equal(page?.heading, 'Almost there', page?.text);
    assert.notEqual((await browser.open('/auth/account')).url.pathname, '/auth/account');
  });

  it('is not cancelled by a removal that finds no credential', async () => {
    const { app } = shared();
    const { device, person } = await withPasskey(app, await app.createUser());
    const { credentialAdministration, identities, users } = services();
    const before = await users.findById(person.id);

    const removed = [
      await credentialAdministration.removePasskey(person.id, `${device.id}AA`, operator),
      await identities.remove(person.id, crypto.randomUUID(), operator),
    ];

    assert.deepEqual(removed, [false, false]);
    assert.deepEqual(await users.findById(person.id), before);
  });
});
