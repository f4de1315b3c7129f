// Takes a reference screenshot of every mail, 390 and 640 pixels wide, in light and in dark mode, and
// writes the documentation page that shows them. Run it after changing a mail: `npm run
// docs:pictures`.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { createMailWriter } from '#http/rendering/mail/mail-writer.ts';
import type { WrittenMail } from '#platform/outbound/smtp.ts';
import { mails } from '#server/modules.ts';
import { findChromium } from '#test/support/browser/chromium.ts';

const root = new URL('../../../', import.meta.url);
const pictures = new URL('docs/images/mails/', root);
const issuer = 'https://id.example.org';
const write = createMailWriter({
  viewsDirectory: new URL('views/', root).pathname,
  productName: 'Ostiary',
  issuerUrl: new URL(issuer),
  logoFile: new URL('public/icon-180.png', root).pathname,
  footerLinks: [{ href: `${issuer}/terms`, label: 'client.terms' }],
  renderers: mails,
});
const values = {
  device: 'Firefox, Windows',
  address: '198.51.100.7',
  at: '2026-05-04T12:00:00.000Z',
  until: '2026-05-04T12:15:00.000Z',
  zone: 'Europe/Berlin',
  link: `${issuer}/auth/verify/link/token`,
  other: `${issuer}/auth/recover`,
  code: '482913',
  email: 'ada.new@example.org',
  provider: 'Google',
  state: 'executed',
  act: 'users.delete',
  client: 'Acme Bank',
  message: 'Order 4711',
};
const looks = [
  { width: 390, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
  { width: 640, colorScheme: 'light' },
  { width: 640, colorScheme: 'dark' },
] as const;

function writeExample(template: string): WrittenMail {
  const order = { kind: 'mail', userId: 'ada', to: 'ada@example.org', locale: 'en' } as const;
  const mail = write(
    { ...order, template, values },
    { client: 'Acme Notes', orderedAt: new Date(values.at) },
  );
  if (!mail) throw new Error(`no mail ${template}`);
  return mail;
}

/** Pictures of the message are shown as mail clients do, without a request. */
function show({ html, images }: WrittenMail): string {
  return images.reduce(
    (text, { cid, contentType, base64 }) =>
      text.replaceAll(`cid:${cid}`, `data:${contentType};base64,${base64}`),
    html,
  );
}

async function shoot(browser: Browser, html: string): Promise<readonly Buffer[]> {
  const shots: Buffer[] = [];
  for (const { width, colorScheme } of looks) {
    const page = await browser.newPage({ viewport: { width, height: 400 }, colorScheme });
    await page.setContent(html);
    shots.push(await page.screenshot({ fullPage: true }));
    await page.close();
  }
  return shots;
}

async function compose(page: Page, shots: readonly Buffer[]): Promise<Buffer> {
  const images = shots.map((bytes, at) => {
    const width = Math.round((looks[at]?.width ?? 0) * 0.6);
    return `<img width="${width}" src="data:image/png;base64,${bytes.toString('base64')}">`;
  });
  await page.setContent(`<body style="margin:0"><div style="display:flex;gap:16px;padding:16px;
    width:max-content;align-items:start;background:#8a948e">${images.join('')}</div>`);
  return page.locator('div').screenshot({ type: 'jpeg', quality: 72 });
}

function listing(subjects: readonly (readonly [template: string, subject: string])[]): string {
  const parts = subjects.map(
    ([template, subject]) => `## ${template}\n\n![${subject}](images/mails/${template}.jpg)\n`,
  );
  return `# Emails

Every email, 390 and 640 pixels wide, in light and in dark mode. The name is that of its template; [mail.md](mail.md) says when
each is sent. Drawn by \`npm run docs:pictures\`.

${parts.join('\n')}`;
}

const executablePath = findChromium();
if (!executablePath) throw new Error('Chromium not found');
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  await rm(pictures, { recursive: true, force: true });
  await mkdir(pictures, { recursive: true });
  const board = await browser.newPage({ viewport: { width: 1340, height: 800 } });
  const subjects: (readonly [string, string])[] = [];
  for (const { template } of mails.toSorted((a, b) => (a.template < b.template ? -1 : 1))) {
    const mail = writeExample(template);
    const picture = await compose(board, await shoot(browser, show(mail)));
    await writeFile(new URL(`${template}.jpg`, pictures), picture);
    subjects.push([template, mail.subject]);
  }
  await writeFile(new URL('docs/emails.md', root), listing(subjects));
} finally {
  await browser.close();
}
