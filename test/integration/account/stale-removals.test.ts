// Removals that were requested in a stolen session and reach their write after the owner has revoked it.
// Each of them could otherwise remove what the owner has just set up.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Knex } from 'knex';
import { shareInSuite } from '#test/support/app.ts';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import { aStranger } from '#test/support/actors/identity-provider.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { inLine } from '#test/support/services/row-locks.ts';
import { signInUpstream, startAppWithProviders } from '#test/support/steps/federation.ts';
import { signInOwn, withPasskey } from '#test/support/steps/passkeys.ts';
import { codeOf, withCodes } from '#test/support/steps/reauthentication.ts';

interface Session {
  readonly browser: Browser;
  readonly person: Person;
}

const linkedPath = '/auth/account/linked';
const passwordPath = '/auth/account/password';

describe('a removal in a session that is revoked meanwhile', () => {
  const shared = shareInSuite((works) => startAppWithProviders(works));
  const services = () => shared().app.services;

  /** An account with a password, a passkey and a linked account, in a session that may remove them. */
  async function withEverything(): Promise<Session> {
    const { app, other } = shared();
    other.become(aStranger());
    const { browser, person } = await withPasskey(app, await app.createUser());
    const linked = await signInUpstream(
      browser,
      await browser.open(linkedPath),
      other,
      'link-google',
    );
    assert.ok(linked.has('unlink-google'), linked.text);
    return { browser, person };
  }

  async function isRefused({ person }: Session, late: () => Promise<Page>): Promise<void> {
    const { blocking } = services();
    const by = { kind: 'user', id: person.id } as const;
    const before = await stateOf(person);

    let page: Page | undefined;

    await inLine<unknown>(shared().app, lockOf(person), [
      () => blocking.revokeEverythingWith(person.id, by, 'password.reset', async () => {}),
      async () => {
        page = await late();
      },
    ]);

    assert.equal(page?.errorCode, 'session_expired', page?.text);
    assert.deepEqual(await stateOf(person), before);
  }

  async function stateOf({ id }: Person) {
    const { passkeys, identities, secondFactor, users } = services();
    return {
      passkeys: (await passkeys.list(id)).map(({ name }) => name),
      identities: (await identities.list(id)).map(({ subject }) => subject),
      hasPassword: (await passkeys.signInMethods(id)).hasPassword,
      factor: await secondFactor.state(id).then(({ since }) => since),
      deletionDueAt: (await users.findById(id))?.deletionDueAt,
    };
  }

  it('does not remove a passkey', async () => {
    const session = await withEverything();
    const page = await session.browser.open('/auth/account/passkeys');

    await isRefused(session, () => page.press('remove-1'));
  });

  it('does not rename a passkey', async () => {
    const session = await withEverything();
    const page = await session.browser.open('/auth/account/passkeys');

    await isRefused(session, () => page.press('rename-1', { name: 'Mallory' }));
  });

  it('does not remove the password', async () => {
    const session = await withEverything();
    const page = await session.browser.open(passwordPath);

    await isRefused(session, () =>
      page.press('remove-password', { current: session.person.password }),
    );
  });

  it('does not unlink an account', async () => {
    const session = await withEverything();
    const page = await session.browser.open(linkedPath);

    await isRefused(session, () => page.press('unlink-google'));
  });

  it('does not remove the second factor', async () => {
    const { browser, person, secret } = await withCodes(shared().app);
    const page = await browser.open('/auth/account/codes?act=remove');
    const fields = { password: person.password, code: codeOf(secret, 1) };

    await isRefused({ browser, person }, () => page.press('remove', fields));
  });

  it('does not cancel the deletion of the account', async () => {
    const { app } = shared();
    const person = await app.createUser();
    const user = await services().users.findById(person.id);
    assert.ok(user);
    await services().deletion.request(user);
    const browser = app.browser();
    const page = await signInOwn(browser, person);

    await isRefused({ browser, person }, () => page.press('keep'));
  });
});

/** Inserts of rows that refer to the user, such as those of a reauthentication, do not wait for it. */
function lockOf({ id }: Person) {
  return (tx: Knex): Promise<unknown> => tx('users').where({ id }).forNoKeyUpdate().select('id');
}
