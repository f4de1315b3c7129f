// The commands of docs/guides/ciba.md, as printed, with a user who answers in the account.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openBoth } from '#test/support/cli/server-and-cli.ts';
import { closeInReverse } from '#test/support/cli/shell.ts';
import { openDesk, readSection } from '#test/support/docs/printed-commands.ts';
import { signInOwn } from '#test/support/steps/passkeys.ts';

describe('docs/guides/ciba.md', () => {
  const closing = closeInReverse({ after });
  let opened: Awaited<ReturnType<typeof openBoth>> | undefined;
  before(async () => {
    opened = await openBoth(closing);
  });

  it('asks a user with the printed commands', async (t) => {
    assert.ok(opened);
    const { app, settings } = opened;
    const person = await app.createUser({ emailVerified: true });
    const places = { 'https://id.example.com': app.issuer, 'ann@example.org': person.email };
    const desk = await openDesk(t, { settings, places });
    const blocks = await readSection('docs/guides/ciba.md', 'Try it');
    const [, ask, poll] = blocks.filter(({ language }) => language === 'sh');
    assert.ok(ask && poll);
    await desk.register(blocks);
    await desk.run(ask.code);
    const browser = app.browser();
    await signInOwn(browser, person);
    const confirm = await browser.open(`${app.issuer}/auth/account/confirm?back=requests`);

    const page = await confirm.press('confirm', { password: person.password });
    await page.press('allow-1');

    assert.match(page.text, /Order 4711/);
    const tokens: unknown = JSON.parse(await desk.run(poll.code));
    assert.equal(typeof Object(tokens).access_token, 'string');
  });
});
