// What people are shown about the app that asks, all of which a stranger may have written: its own
// links and picture, and nothing that acts like a page of ours.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from './stage/chromium.ts';
import {
  allow,
  backAtApp,
  readText,
  register,
  seeError,
  seeHeading,
  signIn,
} from './stage/steps.ts';
import { startTinyApp } from './stage/tiny-app.ts';

/** Texts that become script, or something computed, wherever a page trusts them. */
const probes = [
  '"><svg onload=alert(1)>',
  '</title><script>alert(1)</script>',
  '{{1337*7}} <%= 1337*7 %> ${1337*7}',
] as const;
/** For what is not shortened: all of them, and what only an address could start. */
const probe = [...probes, 'javascript:alert(1)'].join(' ');

describeInBrowser('the app that asks', {}, ({ app, visit }) => {
  describe('the consent page', () => {
    it('says in words what is asked for, and for whom', async (t) => {
      const tiny = await startTinyApp(t, app());
      const person = await app().aPerson();
      const { page } = await visit(t);
      await page.goto(tiny.signInUrl({ scope: 'openid profile email' }));
      await signIn(page, person);

      await seeHeading(page, 'Tasks asks for access');

      assert.deepEqual(await page.getByRole('listitem').allInnerTexts(), [
        'Know who you are',
        'See your name and your profile',
        'See your e-mail address',
      ]);
      assert.equal(await readText(page, '.who small'), new URL(tiny.url).host);
    });

    it('comes again when the app asks for more', async (t) => {
      const tiny = await startTinyApp(t, app());
      const person = await app().aPerson();
      const { page } = await visit(t);
      await page.goto(tiny.signInUrl());
      await signIn(page, person);
      await allow(page);
      await backAtApp(page);

      await page.goto(tiny.signInUrl({ scope: 'openid email' }));

      await seeHeading(page, 'Tasks asks for access');
      assert.match(await readText(page, '.requests'), /e-mail address/);
    });

    it('warns of apps that run on the device', async (t) => {
      const tiny = await startTinyApp(t, app(), { application_type: 'native' });
      const person = await app().aPerson();
      const { page } = await visit(t);
      await page.goto(tiny.signInUrl());
      await signIn(page, person);

      assert.match(
        await readText(page, '#native'),
        /Only allow it if you just started it yourself/,
      );
      await allow(page);
      assert.equal(await backAtApp(page), person.id);
    });

    it('shows the app’s picture and links, and tells their sites nothing', async (t) => {
      const about = {
        logo_uri: 'https://tasks.example/logo.svg',
        client_uri: 'https://tasks.example/',
        policy_uri: 'https://tasks.example/privacy',
        tos_uri: 'https://tasks.example/terms',
      };
      const tiny = await startTinyApp(t, app(), about);
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
      assert.equal(await page.getAttribute('.tile img', 'src'), about.logo_uri);
      const [tab] = await Promise.all([context.waitForEvent('page'), links.last().click()]);
      await tab.waitForLoadState();
      assert.equal(await tab.evaluate('window.opener'), null);
      assert.deepEqual(referers, [null, null]);
    });
  });

  describe('text from strangers (H30)', () => {
    it('stays text in the name of an app, on every page that shows it', async (t) => {
      const person = await app().aPerson();
      const { page, context } = await visit(t);
      for (const name of probes) {
        const tiny = await startTinyApp(t, app(), { client_name: name });
        await context.clearCookies();

        await page.goto(tiny.signInUrl());
        await seeOnlyText(page, '.who bdi', name);
        await signIn(page, person);
        await page.waitForSelector('#allow');
        await seeOnlyText(page, '.who bdi', name);
        await context.clearCookies({ name: 'ostiary-interaction' });
        await page.reload();
        await seeError(page, 'session_expired');
        await seeOnlyText(page, '.lead', name);
      }
    });

    it('stays text in a login hint, a language, a state', async (t) => {
      const tiny = await startTinyApp(t, app());
      const { page } = await visit(t);

      await page.goto(tiny.signInUrl({ login_hint: probe, ui_locales: probe, state: probe }));

      assert.equal(await page.inputValue('input[name=login]'), probe);
      await seeNothingAlive(page);
      await page.click('#cancel');
      assert.equal(await backAtApp(page, 'app-error'), 'access_denied');
      assert.equal(tiny.answers[0]?.get('state'), probe);
    });

    it('stays text in an answer that travels as a form, with and without script', async (t) => {
      const tiny = await startTinyApp(t, app(), { first_party: true });
      const person = await app().aPerson();
      for (const javaScriptEnabled of [true, false]) {
        const { page } = await visit(t, { javaScriptEnabled });

        await page.goto(tiny.signInUrl({ response_mode: 'form_post', state: probe }));
        await signIn(page, person);
        if (!javaScriptEnabled) await page.getByRole('button').click();

        assert.equal(await backAtApp(page), person.id);
        assert.equal(tiny.answers.at(-1)?.get('state'), probe);
      }
    });

    it('stays text in what a person types', async (t) => {
      const tiny = await startTinyApp(t, app());
      const { page } = await visit(t);
      await page.goto(tiny.signInUrl());
      await page.getByRole('link', { name: 'Create an account' }).click();

      await register(page, {
        name: probe,
        email: 'mallory@example.org',
        password: 'a lamp that nobody sees',
      });
      await seeHeading(page, 'Tasks asks for access');
      await page.goto(`${app().issuer}/auth/account`);
      await signIn(page, { email: 'mallory@example.org', password: 'a lamp that nobody sees' });

      await seeOnlyText(page, '.who bdi', probe);
    });

    it('stays text in an error’s description', async (t) => {
      const tiny = await startTinyApp(t, app());
      const { page } = await visit(t);

      await page.goto(tiny.signInUrl({ client_id: probe, state: probe, error_description: probe }));

      await page.waitForSelector('#error');
      await seeNothingAlive(page);
      await page.goto(`${app().issuer}/auth/${encodeURIComponent(probe)}?error=${probe}`);
      await seeError(page, 'not_found');
      await seeNothingAlive(page);
    });

    it('stays text in the playground, which shows what providers say', async (t) => {
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

    it('never becomes an address: unsafe ones are not registered', async () => {
      for (const member of ['logo_uri', 'policy_uri', 'tos_uri', 'client_uri', 'redirect_uris']) {
        for (const uri of ['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x']) {
          const facts = { [member]: member === 'redirect_uris' ? [uri] : uri };
          await assert.rejects(app().anApp(facts), { code: 'invalid_input' }, `${member} ${uri}`);
        }
      }
    });
  });
});

const picture = '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48"/>';

/** The probe stands there, letter by letter, and nothing else came out of it. */
async function seeOnlyText(page: Page, selector: string, text: string): Promise<void> {
  const shown = await page.locator(selector).first().textContent();
  assert.ok(shown?.includes(text.slice(0, 40)), `${shown} does not hold ${text}`);
  await seeNothingAlive(page);
}

/** What the probes would leave behind; dialogs and scripts are noticed by the visit itself. */
async function seeNothingAlive(page: Page): Promise<void> {
  const strange =
    '[onload], [onerror], [src="x"], script:not([src]), [href^="javascript" i], [src^="javascript" i], svg svg';
  assert.equal(await page.locator(strange).count(), 0);
  assert.doesNotMatch(await page.innerText('body'), /9359/);
}
