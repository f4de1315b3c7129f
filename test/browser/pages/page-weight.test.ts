// Page weight and layout stability: bytes transferred, and layout shifts during loading.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { seeHeading, signIn } from '#test/support/browser/steps.ts';
import { aPhoto } from '#test/support/steps/pictures.ts';
import { startClientApp } from '#test/support/browser/client-app.ts';

/** Limit without the font, which a browser loads once. */
const maxBytes = 30_000;
/** The subset for Latin letters, in all weights. */
const maxFontBytes = 50_000;
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

/** Letters move by fractions of a pixel when the font arrives; 0.1 is what users notice (web.dev/cls). */
const maxShift = 0.001;

interface Cost {
  readonly bytes: number;
  readonly fontBytes: number;
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
  const sizes = { font: 0, other: 0 };
  const fonts = new Set<string>();
  await session.send('Network.enable');
  session.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.mimeType === 'font/woff2') fonts.add(requestId);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    sizes[fonts.has(requestId) ? 'font' : 'other'] += encodedDataLength;
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  const shift = await page.evaluate<number>(measureShift);
  await session.detach();
  return { bytes: sizes.other, fontBytes: sizes.font, shift };
}

/** The picture is on every page of the account. */
async function uploadPhoto(page: Page, issuer: string): Promise<void> {
  await page.goto(`${issuer}/auth/account/profile`);
  const buffer = await aPhoto();
  await page.setInputFiles('#file', { name: 'me.jpg', mimeType: 'image/jpeg', buffer });
  await page.click('#upload');
  await page.waitForSelector('#notice');
}

const firstPaint = `new Promise((done) => {
  new PerformanceObserver((list) => {
    if (list.getEntriesByName('first-contentful-paint').length > 0) done(null);
  }).observe({ type: 'paint', buffered: true });
})`;

const loadedFonts =
  "[...document.fonts].filter(({ family, status }) => family === 'Inter' && status === 'loaded').length";

/** Distance of the card from the top of the page. */
const cardTop = "document.querySelector('.card').getBoundingClientRect().top";

describeInBrowser('every page', {}, ({ app, visit }) => {
  it('has its card in the same place', async (t) => {
    const { page } = await visit(t, { viewport: { width: 1280, height: 800 } });
    const tops: number[] = [];
    for (const place of places.slice(0, 4)) {
      await page.goto(`${app().issuer}${place}`);
      tops.push(await page.evaluate<number>(cardTop));
    }

    assert.equal(new Set(tops).size, 1, String(tops));
  });

  it('is readable before its font, which moves nothing when it arrives', async (t) => {
    const { page } = await visit(t, { viewport: { width: 390, height: 844 } });
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await page.route('**/inter-latin.woff2*', async (route) => {
      await released;
      await route.continue();
    });
    await page.goto(`${app().issuer}/auth/sign-in`, { waitUntil: 'commit' });
    await page.evaluate(firstPaint);
    const before = await page.evaluate(loadedFonts);
    release();
    await page.evaluate("document.fonts.load('1rem Inter')");
    const shift = await page.evaluate<number>(measureShift);

    assert.deepEqual([before, await page.evaluate(loadedFonts)], [0, 1]);
    assert.ok(shift < maxShift, String(shift));
  });

  for (const [size, viewport] of [
    ['a phone', { width: 390, height: 844 }],
    ['a desk', { width: 1280, height: 800 }],
  ] as const) {
    it(`transfers less than 30 kB and 50 kB of its font, and has no layout shift on ${size}`, async (t) => {
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

      const list = [...costs].map(
        ([name, { bytes, fontBytes, shift }]) => `${name} ${bytes} + ${fontBytes} B ${shift}`,
      );
      t.diagnostic(list.join(', '));
      for (const [name, { bytes, fontBytes, shift }] of costs) {
        assert.ok(bytes < maxBytes, `${name}: ${bytes} bytes`);
        assert.ok(
          fontBytes > 0 && fontBytes < maxFontBytes,
          `${name}: ${fontBytes} bytes of fonts`,
        );
        assert.ok(shift < maxShift, `${name} moves by ${shift}`);
      }
    });
  }
});
