// Page weight and layout stability: bytes transferred, and layout shifts during loading.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { seeHeading, signIn } from '#test/support/browser/steps.ts';
import { aPhoto } from '#test/support/steps/pictures.ts';
import { startClientApp } from '#test/support/browser/client-app.ts';

const maxBytes = 30_000;
const places = [
  '/auth/sign-in',
  '/auth/register',
  '/auth/recover',
  '/auth/sign-in/mail',
  '/auth/account',
  ...['contact', 'address', 'region'].map((part) => `/auth/account/profile/${part}`),
  ...[
    'profile',
    'email',
    'password',
    'passkeys',
    'codes',
    'sessions',
    'apps',
    'activity',
    'delete',
  ].map((name) => `/auth/account/${name}`),
];

interface Cost {
  readonly bytes: number;
  readonly shift: number;
}

/** Returns the sum of all layout shifts since navigation, after the first paint. */
const measureShift = `new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) sum += value;
  }).observe({ type: 'layout-shift', buffered: true });
  requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(() => done(sum))));
})`;

/** Opens the page in a browser with an empty cache. */
async function costOf(page: Page, url: string): Promise<Cost> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.clearBrowserCache');
  let bytes = 0;
  await session.send('Network.enable');
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(url, { waitUntil: 'networkidle' });
  const shift = await page.evaluate<number>(measureShift);
  await session.detach();
  return { bytes, shift };
}

/** The picture is on every page of the account. */
async function uploadPhoto(page: Page, issuer: string): Promise<void> {
  await page.goto(`${issuer}/auth/account/profile`);
  const buffer = await aPhoto();
  await page.setInputFiles('#file', { name: 'me.jpg', mimeType: 'image/jpeg', buffer });
  await page.click('#upload');
  await page.waitForSelector('#notice');
}

/** Distance of the card from the top of the page. */
const cardTop = "document.querySelector('.card').getBoundingClientRect().top";

describeInBrowser('every page', {}, ({ app, visit }) => {
  it('has its card at the same place', async (t) => {
    const { page } = await visit(t, { viewport: { width: 1280, height: 800 } });
    const tops: number[] = [];
    for (const place of places.slice(0, 4)) {
      await page.goto(`${app().issuer}${place}`);
      tops.push(await page.evaluate<number>(cardTop));
    }

    assert.equal(new Set(tops).size, 1, String(tops));
  });

  for (const [size, viewport] of [
    ['a phone', { width: 390, height: 844 }],
    ['a desk', { width: 1280, height: 800 }],
  ] as const) {
    it(`transfers less than 30 kB in total and has no layout shift on ${size}`, async (t) => {
      const person = await app().createUser();
      const tiny = await startClientApp(t, app(), { client_name: 'Tasks' });
      const { page } = await visit(t, { viewport });
      const costs = new Map<string, Cost>();

      costs.set('for a client', await costOf(page, tiny.signInUrl()));
      for (const place of places) {
        if (place === '/auth/account') {
          await page.goto(`${app().issuer}/auth/sign-in`);
          await signIn(page, person);
          await seeHeading(page, 'Your account');
          await uploadPhoto(page, app().issuer);
        }
        costs.set(place, await costOf(page, `${app().issuer}${place}`));
      }

      const list = [...costs].map(([name, { bytes, shift }]) => `${name} ${bytes} B ${shift}`);
      t.diagnostic(list.join(', '));
      for (const [name, { bytes, shift }] of costs) {
        assert.ok(bytes < maxBytes, `${name}: ${bytes} bytes`);
        assert.equal(shift, 0, `${name} moves by ${shift}`);
      }
    });
  }
});
