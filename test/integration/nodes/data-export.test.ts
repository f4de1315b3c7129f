// Data exports with several nodes: any node may create one, another node takes over after a crash,
// and exactly one request can download it.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { atOnce } from '#test/support/data/outcomes.ts';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';

const path = '/auth/account/export';

async function signedIn(nodes: Nodes) {
  const person = await nodes.createUser();
  const browser = nodes.browser();
  const typed = { login: person.email, password: person.password };
  await (await browser.open('/auth/sign-in')).press('sign-in', typed);
  return { person, browser };
}

async function untilReady(browser: Browser): Promise<Page> {
  for (let tries = 0; tries < 300; tries += 1) {
    const page = await browser.open(path);
    if (page.has('ready')) return page;
    await pause(100);
  }
  throw new Error('The data export was not ready after 30 seconds.');
}

describeNodes('data export on several nodes', {}, (nodes) => {
  it('can be downloaded once when several requests reach both nodes at the same time', async () => {
    const { person, browser } = await signedIn(nodes());
    await (await browser.open(path)).press('request', { password: person.password });
    await untilReady(browser.through(nodes().at(1).send));
    const pages = await atOnce((turn) => browser.copy().through(nodes().at(turn).send).open(path));

    const ends = await Promise.all(pages.map((page) => page.press('download')));

    const files = ends.filter(({ status }) => status === 200);
    assert.equal(files.length, 1);
    assert.equal(ends.filter(({ status }) => status === 409).length, ends.length - 1);
    assert.equal(JSON.parse(files[0]?.html ?? '').data.about_this_file.subject, person.id);
  });

  it('is completed by another node when the node that was creating it is killed', async () => {
    const { person, browser } = await signedIn(nodes());
    await (await browser.open(path)).press('request', { password: person.password });
    await untilReady(browser);
    const { knex } = nodes().services.db;
    // The state that a node leaves when it dies midway: the job has started, one part is written
    // and its claim has expired.
    await nodes().at(0).kill();
    await knex('account_exports')
      .where({ user_id: person.id })
      .update({
        ready_at: null,
        chunks: null,
        claimed_until: new Date(Date.now() - 1000),
      });

    const page = await untilReady(browser.through(nodes().at(1).send));
    const file = await page.press('download');

    assert.equal(JSON.parse(file.html).data.account.claims.email, person.email);
    await nodes().at(0).start();
  });
});
