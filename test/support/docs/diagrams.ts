// Draws the Mermaid diagrams of the documents in light and dark, for the documentation site. Run it
// after changing a diagram: `npm run docs:diagrams`. It installs Mermaid into a temporary directory,
// because nothing else needs it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { findChromium } from '#test/support/services/programs.ts';

type Scheme = 'light' | 'dark';

const mermaidVersion = '11.17.2';
const docs = join(import.meta.dirname, '../../../docs');
const schemes: readonly Scheme[] = ['light', 'dark'];

/** Path of a picture below docs/, as docs/.vitepress/diagrams.ts looks for it. */
export function diagramPath(source: string, scheme: Scheme): string {
  const digest = createHash('sha256').update(source.trim()).digest('hex').slice(0, 12);
  return `images/diagrams/${digest}-${scheme}.svg`;
}

/** The sources of all diagrams. */
export function diagramsOf(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => [
      ...readFileSync(join(directory, name), 'utf8').matchAll(/^```mermaid\n([^]*?)^```/gm),
    ])
    .map(([, source = '']) => source);
}

async function installMermaid(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-mermaid-'));
  execFileSync('npm', ['install', '--silent', '--prefix', directory, `mermaid@${mermaidVersion}`]);
  const script = await readFile(
    join(directory, 'node_modules/mermaid/dist/mermaid.min.js'),
    'utf8',
  );
  await rm(directory, { recursive: true });
  return script;
}

/** The settings make a picture that needs no font, script or style from elsewhere. */
function draw(page: Page, source: string, scheme: Scheme): Promise<string> {
  return page.evaluate(
    async ({ text, theme }) => {
      const { mermaid } = globalThis as unknown as {
        mermaid: {
          initialize(settings: object): void;
          render(id: string, text: string): Promise<{ svg: string }>;
        };
      };
      mermaid.initialize({
        startOnLoad: false,
        theme,
        htmlLabels: false,
        flowchart: { htmlLabels: false },
        fontFamily: 'system-ui, sans-serif',
        deterministicIds: true,
      });
      const { svg } = await mermaid.render('diagram', text);
      // An SVG in an <img> is XML, in which elements such as <br> are closed.
      return svg.replaceAll(/<br>/g, '<br/>');
    },
    { text: source, theme: scheme === 'dark' ? 'dark' : 'neutral' },
  );
}

async function drawAll(): Promise<void> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('Chromium is required to draw diagrams.');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const page = await browser.newPage();
  await page.addScriptTag({ content: await installMermaid() });
  await rm(join(docs, 'images/diagrams'), { recursive: true, force: true });
  await mkdir(join(docs, 'images/diagrams'), { recursive: true });
  for (const source of diagramsOf(docs)) {
    for (const scheme of schemes) {
      const svg = await draw(page, source, scheme);
      await writeFile(join(docs, diagramPath(source, scheme)), `${svg}\n`);
    }
  }
  await browser.close();
}

if (import.meta.main) await drawAll();
