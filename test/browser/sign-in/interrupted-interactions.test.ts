// Authorization requests that are abandoned, opened twice, already completed, expired or invalid.
// In each case the page explains what happened and offers a way back to the client.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import {
  allow,
  backAtApp,
  readText,
  seeError,
  seeHeading,
  signIn,
} from '#test/support/browser/steps.ts';
import { startClientApp, type TinyApp } from '#test/support/browser/client-app.ts';

describeInBrowser('interrupted authorization request', {}, ({ app, visit }) => {
  describe('interaction', () => {
    it('shows a link to the client when the user goes back after completion', async (t) => {
      const tiny = await startClientApp(t, app());
      const person = await app().createUser();
      const { page } = await visit(t);
      await page.goto(tiny.url);
      await page.click('#begin');
      await signIn(page, person);
      await allow(page);
      await backAtApp(page);

      await page.goBack();

      await seeHeading(page, 'This sign-in is complete');
      await seeError(page, 'session_expired');
      await page.getByRole('link', { name: 'Continue' }).click();
      await page.waitForURL(`${tiny.url}/`);
      await page.click('#begin');
      assert.equal(await backAtApp(page), person.id);
    });

    it('can run next to another one in the same browser, and both complete', async (t) => {
      const [one, other] = [await startClientApp(t, app()), await startClientApp(t, app())];
      const person = await app().createUser();
      const { page: first, context } = await visit(t);
      const second = await context.newPage();
      await first.goto(one.signInUrl());
      await second.goto(other.signInUrl());

      await signIn(first, person);
      await signIn(second, person);
      await allow(second);
      await allow(first);

      assert.equal(await backAtApp(second), person.id);
      assert.equal(await backAtApp(first), person.id);
    });

    it('can run next to another one for the same client, and both complete', async (t) => {
      const tiny = await startClientApp(t, app());
      const person = await app().createUser();
      const { page: first, context } = await visit(t);
      const second = await context.newPage();
      await first.goto(tiny.signInUrl());
      await second.goto(tiny.signInUrl());

      await signIn(first, person);
      await allow(first);
      await backAtApp(first);
      await signIn(second, person);

      assert.equal(await backAtApp(second), person.id);
    });

    it('shows an explanation and a link to the client after it expires', async (t) => {
      const tiny = await startClientApp(t, app());
      const person = await app().createUser();
      const { page } = await visit(t);
      await page.goto(tiny.signInUrl());
      const uid = uidOf(page);
      const { shortLived } = app().services;
      const kept = await shortLived.get('Interaction', uid);
      await shortLived.put('Interaction', uid, { ...kept, exp: 1 }, 60);

      await signIn(page, person);

      await seeWayBack(page, tiny);
    });

    it('shows an explanation without a link to a client after it is deleted', async (t) => {
      const tiny = await startClientApp(t, app());
      const { page } = await visit(t);
      await page.goto(tiny.signInUrl());
      await app().services.shortLived.remove('Interaction', uidOf(page));

      await page.reload();

      await seeError(page, 'session_expired');
      assert.equal(await page.locator('#error a').count(), 1);
      await page.getByRole('link', { name: 'Go to the home page' }).click();
      await seeHeading(page, 'One account for all your apps');
    });

    it('is bound to the browser that started it', async (t) => {
      const tiny = await startClientApp(t, app());
      const [{ page: mine }, { page: theirs }] = [await visit(t), await visit(t)];
      await mine.goto(tiny.signInUrl());

      await theirs.goto(mine.url());

      await seeWayBack(theirs, tiny);
      // Only the form that switches the language.
      assert.equal(await theirs.locator('main form').count(), 0);
    });

    it('does not start for an unregistered redirect_uri', async (t) => {
      const tiny = await startClientApp(t, app());
      const { page } = await visit(t);
      const wrong = 'https://attacker.example/callback?x=<b>';

      const answer = await page.goto(tiny.signInUrl({ redirect_uri: wrong }));

      assert.equal(answer?.status(), 400);
      assert.equal(answer.headers()['location'], undefined);
      await seeError(page, 'invalid_redirect_uri');
      assert.equal(await readText(page, '#error code'), wrong);
      assert.equal(await page.locator('[href*="attacker"], [action*="attacker"]').count(), 0);
      const hint = await readText(page, '.developer');
      assert.ok(hint.includes(tiny.url), hint);
      assert.match(hint, /client update \S+ --add-redirect-uri 'https:.*<b>'/);
      assert.equal(await page.locator('#error a').count(), 1);
    });

    it('does not start for an unknown client', async (t) => {
      const tiny = await startClientApp(t, app());
      const { page } = await visit(t);

      const answer = await page.goto(tiny.signInUrl({ client_id: 'unknown' }));

      assert.equal(answer?.status(), 400);
      assert.match(
        await seeError(page, 'invalid_client'),
        /The app you came from isn’t registered here.*npx ostiary client create/,
      );
      await page.getByRole('link', { name: 'Go to the home page' }).waitFor();
    });
  });

  describe('unknown URL', () => {
    it('shows a page with a link to the start page', async (t) => {
      const { page } = await visit(t);

      const answer = await page.goto(`${app().issuer}/auth/nothing-here`);

      assert.equal(answer?.status(), 404);
      await seeError(page, 'not_found');
      await page.getByRole('link', { name: 'Go to the home page' }).click();
      await seeHeading(page, 'One account for all your apps');
    });
  });
});

function uidOf(page: Page): string {
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

/**
 * The page of an interaction that no longer exists; it names the client and links to its
 * registered URI.
 */
async function seeWayBack(page: Page, tiny: TinyApp): Promise<void> {
  assert.match(await seeError(page, 'session_expired'), /Tasks/);
  const link = page.getByRole('link', { name: 'Back to Tasks' });
  assert.equal(await link.getAttribute('href'), tiny.url);
}
