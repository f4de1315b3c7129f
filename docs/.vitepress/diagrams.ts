// Shows each Mermaid block as the picture that `npm run docs:diagrams` drew of it, so that readers need
// no script from Mermaid.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

type Scheme = 'light' | 'dark';

/**
 * Path of the picture below docs/. It depends on the source, as in test/support/docs/diagrams.ts: a
 * changed diagram needs a new picture.
 */
function diagramPath(source: string, scheme: Scheme): string {
  const digest = createHash('sha256').update(source.trim()).digest('hex').slice(0, 12);
  return `images/diagrams/${digest}-${scheme}.svg`;
}

export function showDiagrams(markdown: MarkdownRenderer): void {
  const renderFence = markdown.renderer.rules.fence;
  markdown.renderer.rules.fence = (
    tokens,
    position,
    options,
    env: { relativePath: string },
    self,
  ) => {
    const token = tokens[position];
    if (token?.info.trim() !== 'mermaid')
      return renderFence?.(tokens, position, options, env, self) ?? '';
    const folder = posix.dirname(env.relativePath);
    const pictures = (['light', 'dark'] as const).map((scheme) => {
      const path = diagramPath(token.content, scheme);
      const source = `./${posix.relative(folder, path)}`;
      return `<img class="diagram in-${scheme}" src="${source}" ${sizeOf(path)} alt="Diagram" loading="lazy">`;
    });
    return `<div class="diagram-frame">${pictures.join('')}</div>`;
  };
}

/** Known before the picture is loaded, so that the text below it does not move. */
function sizeOf(path: string): string {
  const picture = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  const [, width, height] = / viewBox="\S+ \S+ (\S+) (\S+)"/.exec(picture) ?? [];
  return `width="${Math.round(Number(width))}" height="${Math.round(Number(height))}"`;
}
