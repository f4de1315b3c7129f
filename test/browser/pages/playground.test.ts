// The playground is a client that runs in the page, so the browser under test performs the whole
// protocol. Its statements about the provider must be correct.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import {
  allow,
  backAtPlayground,
  readText,
  seeHeading,
  signIn,
  waitUntil,
} from '#test/support/browser/steps.ts';

/** Long enough for replaying a token within it, and short enough to wait for its end. */
const leewaySeconds = 3;
const settings = { REFRESH_LEEWAY_SECONDS: String(leewaySeconds) };

describeInBrowser('playground', { settings }, ({ app, visit }) => {
  const address = () => `${app().issuer}/auth/playground`;

  async function signInThere(page: Page) {
    const claims = { name: 'Grace Hopper' };
    const person = await app().createUser({ claims });
    await page.goto(address());
    await page.click('#playground[data-ready] #playground-sign-in');
    await signIn(page, person);
    await allow(page);
    await backAtPlayground(page, 'signed-in');
    return person;
  }

  it('signs in and shows the user and the verification of the response', async (t) => {
    const { page } = await visit(t);

    const person = await signInThere(page);

    assert.equal(page.url(), address());
    assert.match(await readText(page, '#session'), /Grace Hopper/);
    assert.match(await readText(page, '#id-token'), new RegExp(`sub.*${person.id}`));
    assert.match(await readText(page, '#id-token'), /Signature, iss, aud and exp verified/);
    assert.match(await readText(page, '#access-token'), /Opaque/);
    assert.deepEqual(await page.locator('#timeline > li strong').allInnerTexts(), [
      'Discovery',
      'Authorization request',
      'Authorization response',
      'Token request',
      'Keys of the provider',
      'UserInfo',
    ]);
  });

  it('introspects and revokes its access token', async (t) => {
    const { page } = await visit(t);
    const person = await signInThere(page);

    await page.click('#access-token [data-focus=introspect]');
    await page.getByText('Introspection response').waitFor();
    assert.match(await readText(page, '#finding'), /active.*true/);
    await page.click('#access-token [data-focus=userinfo]');
    await page.getByText('UserInfo response').waitFor();
    assert.match(await readText(page, '#finding'), new RegExp(person.email));
    await page.click('#access-token [data-focus=revoke]');
    await seeVerdict(page, 'access-token', 'The access token was revoked');
    await page.click('#access-token [data-focus=introspect]');

    await page.getByText('Introspection response').waitFor();
    assert.match(await readText(page, '#finding'), /active.*false/);
  });

  it('receives the same successor inside the leeway and loses the family after it', async (t) => {
    const { page } = await visit(t);
    await signInThere(page);

    await page.click('#playground-refresh');
    await seeVerdict(page, 'family', 'New tokens, next generation');
    await page.click('[data-replay="0"]');
    await seeVerdict(page, 'family', 'The same successor was returned');
    assert.equal(await page.locator('#family li').count(), 2);
    await page.getByText('The leeway has expired').waitFor();
    await page.click('[data-replay="0"]');

    await seeVerdict(page, 'family', 'The family was revoked');
    assert.equal(await page.getAttribute('#family', 'data-ended'), 'true');
    await page.click('#playground-refresh');
    await seeVerdict(page, 'family', 'Still revoked');
    await page.click('#access-token [data-focus=introspect]');
    await page.getByText('Introspection response').waitFor();
    assert.match(await readText(page, '#finding'), /active.*false/);
  });

  it('receives the same successor for two simultaneous refreshes', async (t) => {
    const { page } = await visit(t);
    await signInThere(page);

    await page.click('[data-focus=refresh-twice]');

    await seeVerdict(page, 'family', 'Two refreshes, one successor');
    assert.equal(await page.locator('#family li').count(), 2);
  });

  it('loses the family at once when the successor has been used', async (t) => {
    const { page } = await visit(t);
    await signInThere(page);
    await page.click('#playground-refresh');
    await page.waitForSelector('[data-replay="0"]');
    await page.click('#playground-refresh');
    await page.waitForSelector('[data-replay="1"]');

    await page.click('[data-replay="0"]');

    await seeVerdict(page, 'family', 'The family was revoked');
  });

  it('signs out at the provider as well', async (t) => {
    const { page } = await visit(t);
    await signInThere(page);

    await page.click('#playground-sign-out');

    await backAtPlayground(page, 'signed-out');
    await seeVerdict(page, 'page', 'You’re signed out');
    await page.goto(`${app().issuer}/auth/account`);
    await seeHeading(page, 'Sign in');
  });

  it('sends prompt=none without a session and with one', async (t) => {
    const { page } = await visit(t);
    await page.goto(address());

    await page.click('#playground[data-ready] #playground-check');
    await seeVerdict(page, 'page', 'Not signed in');
    await signInThere(page);
    await page.click('[data-focus=check]');

    await seeVerdict(page, 'page', 'You still have a session at the provider');
  });

  it('handles a denied consent and ignores unsolicited responses', async (t) => {
    const { page } = await visit(t);
    await page.goto(address());
    await page.click('#playground[data-ready] #playground-sign-in');

    await page.click('#cancel');
    await seeVerdict(page, 'page', 'Access denied');
    await page.goto(`${address()}?code=stolen&state=unknown`);

    await seeVerdict(page, 'page', 'Unexpected response');
    assert.equal(page.url(), address());
  });

  it('offers only values of prompt that the provider supports', async (t) => {
    const { page } = await visit(t);
    await page.goto(address());

    const values = await page.locator('select[name=prompt] option').evaluateAll(valuesOf);

    assert.deepEqual(values, ['', 'login', 'consent', 'select_account', 'none']);
  });

  it('shows the details of the last entry of the timeline when it is expanded', async (t) => {
    const { page } = await visit(t);
    await signInThere(page);
    const last = page.locator('#timeline > li').last();

    await last.locator('summary').first().click();

    const content = last.locator('.pg-raw');
    await content.waitFor();
    await waitUntil(page, isInsideTimeline);
  });

  it('explains that it requires JavaScript', async (t) => {
    const { page } = await visit(t, { javaScriptEnabled: false });

    await page.goto(address());

    assert.match(await readText(page, '[role=alert]'), /needs JavaScript/);
    assert.equal(await page.locator('button:visible, input:visible, select:visible').count(), 0);
  });
});

const valuesOf = (options: { value?: string }[]) => options.map(({ value }) => value);

/** The code runs in the page, whose types are unknown here, so it is passed as text. */
const isInsideTimeline = `(() => {
  const box = document.querySelector('#timeline-scroller').getBoundingClientRect();
  const line = document.querySelector('#timeline > li:last-child .pg-raw').getBoundingClientRect();
  return line.top >= box.top - 1 && line.top < box.bottom - 20;
})()`;

async function seeVerdict(page: Page, place: string, title: string): Promise<void> {
  await page.locator(`#notice-${place} strong`, { hasText: title }).waitFor();
}
