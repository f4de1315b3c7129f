// The browser client of the documentation works in a browser, served by the command that is printed
// there.
import assert from 'node:assert/strict';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { fetchPatiently, freeAddress } from '#test/support/docs/example-programs.ts';
import { openDesk, readSection } from '#test/support/docs/printed-commands.ts';
import { it } from 'node:test';

describeInBrowser('browser client of the documentation', {}, (stage) => {
  it('signs in and refreshes on the printed page', async (t) => {
    const home = await freeAddress();
    const person = await stage.app().createUser();
    const { clientId } = await stage.app().createClient({
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: [home.href],
    });
    const places = {
      'http://localhost:3000': stage.app().issuer,
      'http://127.0.0.1:8081/': home.href,
      'http.server 8081': `http.server ${home.port}`,
      'the client_id': clientId,
    };
    const desk = await openDesk(t, { settings: {}, places });
    const blocks = await readSection('docs/guides/single-page-apps.md', 'Browser client');
    await desk.writeFiles(blocks);
    desk.start(blocks.find(({ code }) => code.startsWith('python3'))?.code ?? 'false');
    await fetchPatiently(home, {});
    const { page } = await stage.visit(t);

    await page.goto(home.href);
    await page.click('#sign-in');
    await page.fill('[name=login]', person.email);
    await page.fill('[name=password]', person.password);
    await page.click('#sign-in');
    await page.click('#allow');
    const status = page.locator('#status');
    await status.getByText('Signed in as').waitFor();
    const signedIn = await status.textContent();
    await page.click('#refresh');
    await status.getByText('Refreshed').waitFor();

    assert.equal(signedIn, `Signed in as ${person.id}`);
  });
});
