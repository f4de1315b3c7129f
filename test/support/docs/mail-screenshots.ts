// Takes a reference screenshot of every mail, 390 and 640 pixels wide, in light and in dark mode, and
// writes the documentation page that shows them. Run it after changing a mail: `npm run
// docs:pictures`.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { mails } from '#server/modules.ts';
import { findChromium } from '#test/support/services/programs.ts';
import { showMail, writeExample } from './example-mail.ts';

const root = new URL('../../../', import.meta.url);
const pictures = new URL('docs/images/mails/', root);
const looks = [
  { width: 390, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
  { width: 640, colorScheme: 'light' },
  { width: 640, colorScheme: 'dark' },
] as const;

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
    const picture = await compose(board, await shoot(browser, showMail(mail)));
    await writeFile(new URL(`${template}.jpg`, pictures), picture);
    subjects.push([template, mail.subject]);
  }
  await writeFile(new URL('docs/emails.md', root), listing(subjects));
} finally {
  await browser.close();
}
