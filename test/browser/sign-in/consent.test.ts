// The consent page shows data that an untrusted client supplies: its name, links and logo. None of
// it may be executed or imitate a page of the product.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { logoKey } from '#http/logo-address.ts';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import {
  allow,
  backAtApp,
  readText,
  register,
  seeError,
  seeHeading,
  signIn,
} from '#test/support/browser/steps.ts';
import { startClientApp } from '#test/support/browser/client-app.ts';

/** Texts that become a script or a computed value wherever a page trusts them. */
const probes = [
  '"><svg onload=alert(1)>',
  '</title><script>alert(1)</script>',
  '{{1337*7}} <%= 1337*7 %> ${1337*7}',
] as const;
/** For texts that are not truncated: all of the above, and the ones that only a URL could start. */
const probe = [...probes, 'javascript:alert(1)'].join(' ');

describeInBrowser('client that requests access', {}, ({ app, visit }) => {
  describe('consent page', () => {
    it('names the requested scopes and the client', async (t) => {
      const tiny = await startClientApp(t, app());
      const person = await app().createUser();
      const { page } = await visit(t);
      await page.goto(tiny.signInUrl({ scope: 'openid profile email' }));
      await signIn(page, person);

      await seeHeading(page, 'Tasks wants access to your account');

      assert.deepEqual(await page.getByRole('listitem').allInnerTexts(), [
        'Recognize you when you sign in',
        'See your name and profile',
        'See your email address',
      ]);
      assert.equal(await readText(page, '.who small'), new URL(tiny.url).host);
    });

    it('is shown again when the client requests more', async (t) => {
      const tiny = await startClientApp(t, app());
      const person = await app().createUser();
      const { page } = await visit(t);
      await page.goto(tiny.signInUrl());
      await signIn(page, person);
      await allow(page);
      await backAtApp(page);

      await page.goto(tiny.signInUrl({ scope: 'openid email' }));

      await seeHeading(page, 'Tasks wants access to your account');
      assert.match(await readText(page, '.requests'), /email address/);
    });

    it('warns about native applications', async (t) => {
      const tiny = await startClientApp(t, app(), { application_type: 'native' });
      const person = await app().createUser();
      const { page } = await visit(t);
      await page.goto(tiny.signInUrl());
      await signIn(page, person);

      assert.match(await readText(page, '#native'), /Allow access only if you just opened it/);
      await allow(page);
      assert.equal(await backAtApp(page), person.id);
    });

    it('shows a copy of the logo and the links of the client, and contacts none of their sites', async (t) => {
      const about = {
        logo_uri: 'https://tasks.example/logo.svg',
        client_uri: 'https://tasks.example/',
        policy_uri: 'https://tasks.example/privacy',
        tos_uri: 'https://tasks.example/terms',
      };
      const tiny = await startClientApp(t, app(), about);
      const { page, context } = await visit(t);
      const referers: (string | null)[] = [];
      await context.route('https://tasks.example/**', async (route, request) => {
        referers.push(await request.headerValue('referer'));
        await route.fulfill({ contentType: 'image/svg+xml', body: picture });
      });

      await page.goto(tiny.signInUrl());

      const links = page.getByRole('navigation', { name: 'More about Tasks' }).getByRole('link');
      const addresses = await links.evaluateAll((all) => all.map(({ href }) => href));
      assert.deepEqual(addresses, [about.client_uri, about.policy_uri, about.tos_uri]);
      const logo = `/auth/logos/${logoKey(about.logo_uri)}`;
      assert.equal(await page.getAttribute('.tile img', 'src'), logo);
      assert.deepEqual(referers, []);
      const [tab] = await Promise.all([context.waitForEvent('page'), links.last().click()]);
      await tab.waitForLoadState();
      assert.equal(await tab.evaluate('window.opener'), null);
      assert.deepEqual(referers, [null]);
    });
  });

  describe('escaping of untrusted text', () => {
    it('applies to the client name on every page', async (t) => {
      const person = await app().createUser();
      const { page, context } = await visit(t);
      for (const name of probes) {
        const tiny = await startClientApp(t, app(), { client_name: name });
        await context.clearCookies();

        await page.goto(tiny.signInUrl());
        await seeOnlyText(page, '.who bdi', name);
        await signIn(page, person);
        await page.waitForSelector('#allow');
        await seeOnlyText(page, 'h1', name);
        await context.clearCookies({ name: 'ostiary-interaction' });
        await page.reload();
        await seeError(page, 'session_expired');
        await seeOnlyText(page, '.lead', name);
      }
    });

    it('applies to login_hint, ui_locales and state', async (t) => {
      const tiny = await startClientApp(t, app());
      const { page } = await visit(t);

      await page.goto(tiny.signInUrl({ login_hint: probe, ui_locales: probe, state: probe }));

      assert.equal(await page.inputValue('input[name=login]'), probe);
      await seeNothingAlive(page);
      await page.click('#cancel');
      assert.equal(await backAtApp(page, 'app-error'), 'access_denied');
      assert.equal(tiny.answers[0]?.get('state'), probe);
    });

    it('applies to form_post responses, with and without JavaScript', async (t) => {
      const tiny = await startClientApp(t, app(), { first_party: true });
      const person = await app().createUser();
      for (const javaScriptEnabled of [true, false]) {
        const { page } = await visit(t, { javaScriptEnabled });

        await page.goto(tiny.signInUrl({ response_mode: 'form_post', state: probe }));
        await signIn(page, person);
        if (!javaScriptEnabled) await page.getByRole('button').click();

        assert.equal(await backAtApp(page), person.id);
        assert.equal(tiny.answers.at(-1)?.get('state'), probe);
      }
    });

    it('applies to input of the user', async (t) => {
      const tiny = await startClientApp(t, app());
      const { page } = await visit(t);
      await page.goto(tiny.signInUrl());
      await page.getByRole('link', { name: 'Create an account' }).click();

      await register(page, {
        name: probe,
        email: 'mallory@example.org',
        password: 'lantern copper walnut drizzle',
      });
      await seeHeading(page, 'Tasks wants access to your account');
      await page.goto(`${app().issuer}/auth/account`);
      await signIn(page, {
        email: 'mallory@example.org',
        password: 'lantern copper walnut drizzle',
      });

      await seeOnlyText(page, '.banner bdi', probe);
    });

    it('applies to error_description', async (t) => {
      const tiny = await startClientApp(t, app());
      const { page } = await visit(t);

      await page.goto(tiny.signInUrl({ client_id: probe, state: probe, error_description: probe }));

      await page.waitForSelector('#error');
      await seeNothingAlive(page);
      await page.goto(`${app().issuer}/auth/${encodeURIComponent(probe)}?error=${probe}`);
      await seeError(page, 'not_found');
      await seeNothingAlive(page);
    });

    it('applies to provider responses in the playground', async (t) => {
      const { page } = await visit(t);
      await page.goto(`${app().issuer}/auth/playground`);
      const [asked] = await Promise.all([
        page.waitForRequest((request) => request.url().includes('/oauth2/authorize?')),
        page.click('#playground[data-ready] #playground-sign-in'),
      ]);
      const { searchParams } = new URL(asked.url());
      await page.waitForSelector('#sign-in');

      const answer = new URL(searchParams.get('redirect_uri') ?? '');
      const state = searchParams.get('state') ?? '';
      const error = { error: 'access_denied', error_description: probe, iss: app().issuer, state };
      answer.search = String(new URLSearchParams(error));
      await page.goto(answer.href);

      await page.getByText(probe).first().waitFor();
      await seeNothingAlive(page);
    });

    it('is not needed for unsafe URLs, which are refused at registration', async () => {
      for (const member of ['logo_uri', 'policy_uri', 'tos_uri', 'client_uri', 'redirect_uris']) {
        for (const uri of ['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x']) {
          const facts = { [member]: member === 'redirect_uris' ? [uri] : uri };
          await assert.rejects(
            app().createClient(facts),
            { code: 'invalid_input' },
            `${member} ${uri}`,
          );
        }
      }
    });
  });
});

const picture = '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48"/>';

/** The page contains the text literally, and nothing else came from it. */
async function seeOnlyText(page: Page, selector: string, text: string): Promise<void> {
  const shown = await page.locator(selector).first().textContent();
  assert.ok(shown?.includes(text.slice(0, 40)), `${shown} does not contain ${text}`);
  await seeNothingAlive(page);
}

/**
 * Traces that the texts would leave behind; dialogs and scripts are detected by the visit itself.
 */
async function seeNothingAlive(page: Page): Promise<void> {
  const strange =
    '[onload], [onerror], [src="x"], script:not([src]), [href^="javascript" i], [src^="javascript" i], svg svg';
  assert.equal(await page.locator(strange).count(), 0);
  assert.doesNotMatch(await page.innerText('body'), /9359/);
}
