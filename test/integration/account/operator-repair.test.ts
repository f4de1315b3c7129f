// An operator repairs an account that an attacker moved to another mailbox. The links in that mailbox must
// not revert the repair, and those of the owner must stay valid until then.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient } from '#test/support/actors/api-client.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { inLine, rowOfUser } from '#test/support/services/row-locks.ts';
import { askForEmailChange } from '#test/support/steps/email-change.ts';
import { codeIn, linkIn, mailsTo, newestMail } from '#test/support/steps/mailbox.ts';
import { signInOwn } from '#test/support/steps/passkeys.ts';

const undoPath = '/auth/account/email/undo/';

function newAddress(): string {
  return `attacker.${Math.random().toString(36).slice(2)}@example.com`;
}

async function linkTo(app: TestApp, email: string): Promise<string> {
  return linkIn(await newestMail(app, email), undoPath);
}

/** The attacker, who knows the password, moves the account. */
async function aMovedAccount(app: TestApp) {
  const owner = await app.createUser({ emailVerified: true });
  const browser = app.browser();
  await signInOwn(browser, owner);
  const email = newAddress();
  const page = await askForEmailChange(browser, { place: app, person: owner }, email);
  await page.press('verify', { code: codeIn(await newestMail(app, email)) });
  return { owner, browser, attacker: { ...owner, email }, ownLink: await linkTo(app, owner.email) };
}

/** The attacker requests another change, to get a link in the own mailbox. */
async function askForLink(app: TestApp, browser: Browser, person: Person): Promise<string> {
  await askForEmailChange(browser, { place: app, person }, newAddress());
  return linkTo(app, person.email);
}

async function restore(app: TestApp, { id, email }: Person): Promise<void> {
  const api = await createApiClient(app);
  const body = { email, email_verified: true };
  const headers = { 'if-match': '*' };
  const changed = await api.call('PATCH', `users/${id}`, { body, headers });
  assert.equal(changed.status, 200, changed.text);
}

async function undo(app: TestApp, link: string) {
  const page = await app.browser().open(link);
  return page.has('continue') ? page.press('continue') : page;
}

async function emailOf({ services }: TestApp, { id }: Person) {
  return (await services.users.findById(id))?.email;
}

describeApp('account that an operator restores to its owner', {}, (app) => {
  it('cannot be taken back with a link in the mailbox of the attacker', async () => {
    const { owner, browser, attacker } = await aMovedAccount(app());
    const page = await app()
      .browser()
      .open(await askForLink(app(), browser, attacker));

    await restore(app(), owner);

    const refused = await page.press('continue');
    assert.equal(refused.errorCode, 'expired', refused.text);
    assert.equal(await emailOf(app(), owner), owner.email);
  });

  it('sends the attacker no link for a request that the operator overtook', async () => {
    const { owner, browser, attacker } = await aMovedAccount(app());
    const before = await mailsTo(app(), attacker.email);

    await inLine(app(), rowOfUser(owner.id), [
      () => restore(app(), owner),
      async () => {
        await askForEmailChange(browser, { place: app(), person: attacker }, newAddress());
      },
    ]);

    assert.equal((await mailsTo(app(), attacker.email)).length, before.length);
    assert.ok(await linkTo(app(), owner.email));
  });

  it('can still be cleaned up with a link in the mailbox of the owner', async () => {
    const { owner, ownLink } = await aMovedAccount(app());
    await restore(app(), owner);

    const done = await undo(app(), ownLink);

    assert.ok(done.has('signed-out'), done.text);
  });
});

describeApp('sign-out of the user of a moved account', {}, (app) => {
  it('leaves the owner the link that reverts the change', async () => {
    const { owner, ownLink } = await aMovedAccount(app());
    const { done } = createCommandRunner(app().services);
    await done(['user', 'sign-out', owner.id]);

    const undone = await undo(app(), ownLink);

    assert.ok(undone.has('signed-out'), undone.text);
    assert.equal(await emailOf(app(), owner), owner.email);
  });
});

describeApp('password that an operator sets', {}, (app) => {
  it('ends the links in other mailboxes and keeps the one in the mailbox of the account', async () => {
    const { browser, attacker: moved, ownLink: formerLink } = await aMovedAccount(app());
    const link = await askForLink(app(), browser, moved);
    const { done } = createCommandRunner(app().services);

    await done(
      ['user', 'set-password', moved.id, '--password-stdin'],
      'seven grey herons at noon\n',
    );

    assert.equal((await undo(app(), formerLink)).errorCode, 'expired');
    assert.equal(await emailOf(app(), moved), moved.email);
    assert.ok((await undo(app(), link)).has('signed-out'));
  });
});
