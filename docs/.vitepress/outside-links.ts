// Files outside docs/ are not part of the site: their links become plain text.
import { posix } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

/** The site has a page for these. */
const replaced: Readonly<Record<string, string>> = { '../CHANGELOG.md': '/changelog' };

/** This page is a file of the parent folder, and so are its links. */
const ofParent = 'changelog.md';

export function unlinkOutsideFiles(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('unlink outside files', ({ tokens, env }) => {
    const { relativePath } = env as { relativePath: string };
    const folder = posix.dirname(relativePath);
    for (const { children } of tokens) {
      let isOutside = false;
      for (const token of children ?? []) {
        if (token.type === 'link_open') {
          const given = token.attrGet('href') ?? '';
          if (relativePath === ofParent) token.attrSet('href', fromParent(given));
          const target = posix.join(folder, token.attrGet('href') ?? '');
          const page = replaced[target.split('#')[0] ?? ''];
          if (page !== undefined) token.attrSet('href', page);
          isOutside = page === undefined && isFileOutside(token.attrGet('href') ?? '', target);
        }
        if (isOutside && (token.type === 'link_open' || token.type === 'link_close')) {
          if (token.type === 'link_close') isOutside = false;
          token.tag = 'span';
          token.attrs = null;
        }
      }
    }
  });
}

function fromParent(href: string): string {
  if (/^(?:[a-z]+:|#|\/)/.test(href)) return href;
  return href.startsWith('docs/') ? href.slice('docs/'.length) : `../${href}`;
}

function isFileOutside(href: string, target: string): boolean {
  if (/^(?:[a-z]+:|#|\/)/.test(href)) return false;
  return target.startsWith('..') || !/(?:\.md|\/)(?:#|$)/.test(target);
}
