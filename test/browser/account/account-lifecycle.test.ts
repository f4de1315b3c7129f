// The lifecycle of an account: registration, email verification, adding and losing a passkey,
// password reset, sign-in with Google, data export and deletion.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, it } from 'node:test';
import { aStranger, startStandInProvider } from '#test/support/actors/identity-provider.ts';
import { codeIn, mailsTo, newestMail } from '#test/support/steps/mailbox.ts';
import {
  credentialsOf,
  lose,
  plugIn,
  withoutAutofill,
} from '#test/support/browser/authenticator.ts';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { enterCode, readText, register, seeHeading, signIn } from '#test/support/browser/steps.ts';
import { startClientApp } from '#test/support/browser/client-app.ts';

const google = await startStandInProvider({ after: (work) => after(work) }, { name: 'Google' });
const settings = {
  EMAIL_VERIFICATION: 'required',
  OUTBOUND_ALLOW: '127.0.0.1',
  SIGN_IN_PROVIDERS: JSON.stringify([{ ...google.setting, trust_email: true }]),
};
const email = 'mary@example.org';
const first = { email, password: 'lantern copper walnut drizzle', name: 'Mary' };
const second = { email, password: 'harbor pencil violet thunder' };

describeInBrowser('account lifecycle', { host: 'localhost', settings }, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}${path}`;

  it('covers registration, passkey loss, recovery, linking, export and deletion', async (t) => {
    const tiny = await startClientApp(t, app(), { client_name: 'Tasks', first_party: true });
    const there = await visit(t, { viewport: { width: 390, height: 844 } });
    const { page, context } = there;
    const follow = (name: string) =>
      page.getByRole('main').getByRole('link', { name, exact: true }).click();
    const code = async () => codeIn(await newestMail(app(), email));
    const leave = () => context.clearCookies();
    await withoutAutofill(page);
    let device = await plugIn(there);

    // The user comes from a client, has no account yet, and verifies the email address.
    await page.goto(tiny.signInUrl());
    await follow('Create an account');
    await register(page, first);
    await seeHeading(page, 'Check your inbox');
    await enterCode(page, await code());
    const subject = await readText(page, '#subject');
    assert.match(subject, /^[0-9a-f-]{36}$/);

    // The user adds a passkey.
    await page.goto(at('/auth/account'));
    await follow('Passkeys');
    await page.fill('input[name=password]', first.password);
    await page.click('#confirm');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.waitForSelector('#remove-1', { state: 'attached' });
    assert.equal((await credentialsOf(device)).length, 1);
    await leave();
    await page.goto(at('/auth/sign-in'));
    await page.click('#passkey');
    await seeHeading(page, 'Your account');

    // The device is lost and the password forgotten.
    await leave();
    await lose(device);
    device = await plugIn(there);
    await page.goto(tiny.signInUrl());
    await follow('Forgot password?');
    await page.fill('input[name=email]', email);
    await page.click('#recover');
    await seeHeading(page, 'Check your inbox');
    await enterCode(page, await code());
    await page.fill('input[name=password]', second.password);
    await page.click('#continue');
    assert.match(await readText(page, '#notice'), /new password is set/);
    await signIn(page, second);
    assert.equal(await readText(page, '#subject'), subject);

    // The lost passkey no longer signs in.
    await page.goto(at('/auth/account/passkeys'));
    await page.fill('input[name=password]', second.password);
    await page.click('#confirm');
    await page.click('.confirm > summary');
    await page.click('#remove-1');
    await page.waitForSelector('#remove-1', { state: 'detached' });

    // The user signs in with Google from now on.
    google.become(aStranger({ name: 'Mary' }));
    await page.goto(at('/auth/account/linked'));
    await page.click('#link-google');
    await page.waitForSelector('.things');
    await leave();
    await page.goto(tiny.signInUrl());
    await page.click('#with-google');
    assert.equal(await readText(page, '#subject'), subject);
    assert.equal(tiny.logins.at(-1)?.claims['acr'], 'urn:ostiary:acr:provider');

    // The user downloads a data export.
    await page.goto(at('/auth/account'));
    await follow('Download your data');
    await page.fill('input[name=password]', second.password);
    await page.click('#confirm');
    await page.click('#request');
    await app().services.exportWriter.makeDue();
    await page.click('#again');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
    await page.waitForSelector('#fetched'); // The script reloads the page after the download.
    const { data } = JSON.parse(await readFile(await download.path(), 'utf8'));
    assert.equal(data.about_this_file.subject, subject);
    assert.equal(data.linked_accounts[0].issuer, google.issuer);
    assert.ok(data.activity.some(({ event }: { event: string }) => event === 'passkey.removed'));

    // The user deletes the account, and after the grace period of one week no data is left.
    await page.goto(at('/auth/account'));
    await follow('Delete account');
    await page.fill('input[name=password]', second.password);
    await page.click('#delete');
    await seeHeading(page, 'Your account will be deleted');
    const services = app().services;
    const { db } = services;
    const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1000);
    await db.knex('users').where({ id: subject }).update({ deletion_due_at: yesterday });
    await services.deletion.runDue();
    await page.goto(at('/auth/sign-in'));
    await signIn(page, second);
    assert.match(await readText(page, '#problem'), /is incorrect/);

    // A later sign-in with the same Google account creates a new user.
    await page.goto(tiny.signInUrl());
    await page.click('#with-google');
    await seeHeading(page, 'Almost there');
    await page.click('#register');
    assert.notEqual(await readText(page, '#subject'), subject);
    const subjects = (await mailsTo(app(), email)).map((mail) => mail.subject);
    for (const told of [/password was changed/, /passkey/i, /Google|linked/i, /copy of your/]) {
      assert.ok(
        subjects.some((line) => told.test(line)),
        `${told} in ${subjects.join(' | ')}`,
      );
    }
  });
});
