// The pages of Shared Signals in a browser: accessible, and usable without script.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { readText, seeHeading, signIn } from '#test/support/browser/steps.ts';
import { seed } from '#test/support/steps/panel.ts';
import { aReceiver, createSignalClient } from '#test/support/steps/signal-receiver.ts';

describeInBrowser('the panel: Shared Signals', {}, ({ app, visit }) => {
  const at = (path: string) => `${app().issuer}/auth/admin${path}`;

  async function open() {
    const { admin, busy } = await seed(app());
    const client = await createSignalClient(app(), await app().relyingParty(aReceiver()));
    const { body } = await client.call('POST', 'streams', { description: 'the first' });
    await client.rp.login(busy);
    await app().block(busy.id);
    await app().services.auditChain.seal();
    return { admin, client, id: String(body['stream_id']) };
  }

  it('has no accessibility violations on any page (WCAG 2.2 AA)', async (t) => {
    const { admin, id } = await open();
    const { page } = await visit(t);
    await page.goto(at(''));
    await signIn(page, admin);
    await seeHeading(page, 'Overview');
    const faults: string[] = [];

    for (const path of ['', `/${id}`, `/${id}/edit`, `/${id}/pause`, `/${id}/delete`]) {
      await page.goto(at(`/signal-streams${path}`));
      faults.push(...(await inspect(page, path)));
    }

    assert.deepEqual(faults, []);
  });

  it('works without script: pauses a stream with a reason', async (t) => {
    const { admin, client, id } = await open();
    const { page } = await visit(t, { javaScriptEnabled: false });
    await page.goto(at(''));
    await signIn(page, admin);
    await seeHeading(page, 'Overview');

    await page.click('.panel-nav a[href$="/signal-streams"]');
    await page.click(`main a[href$="/signal-streams/${id}"]`);
    await page.click('#act-pause');
    await page.fill('#reason', 'Maintenance');
    await page.click('#submit');
    await page.getByText('This stream is paused').waitFor();

    assert.match(await readText(page, 'main'), new RegExp(client.clientId));
  });
});
