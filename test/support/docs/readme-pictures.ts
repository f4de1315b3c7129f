// Takes the two pictures of the README from a server with an empty data directory that was started by
// `npm start`: node test/support/docs/readme-pictures.ts http://localhost:3000
import { chromium, type Page } from 'playwright-core';
import { findChromium } from '#test/support/services/programs.ts';

const pictures = new URL('../../../docs/images/', import.meta.url);
const [issuer = 'http://localhost:3000'] = process.argv.slice(2);
const password = 'correct horse battery staple';

async function register(page: Page): Promise<void> {
  await page.goto(`${issuer}/auth/register`);
  await page.fill('[name=name]', 'Ada Lovelace');
  await page.fill('[name=email]', 'ada@example.com');
  await page.fill('[name=password]', password);
  await page.click('#register');
  await page.context().clearCookies();
}

const executablePath = findChromium();
if (executablePath === undefined) throw new Error('Chromium is not installed.');
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const context = await browser.newContext({ viewport: { width: 1494, height: 971 } });
const page = await context.newPage();
await register(page);
await page.goto(`${issuer}/auth/playground`);
await page.getByRole('button', { name: 'Sign in' }).first().click();
await page.locator('[name=login]').waitFor();
await page.setViewportSize({ width: 747, height: 971 });
await page.screenshot({ path: new URL('sign-in.png', pictures).pathname });
await page.fill('[name=login]', 'ada@example.com');
await page.fill('[name=password]', password);
await page.click('#sign-in');
await page.click('#allow');
await page.setViewportSize({ width: 1494, height: 971 });
await page.getByText('ada@example.com').first().waitFor();
await page.screenshot({ path: new URL('playground.png', pictures).pathname });
await browser.close();
