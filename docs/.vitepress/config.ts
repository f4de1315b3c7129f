// The documentation site: `npm run docs:site` builds it from docs/, and the server serves it at
// /auth/mkdocs. It loads nothing from other hosts.
import { defineConfig } from 'vitepress';
import { showDiagrams } from './diagrams.ts';
import { slugify } from './headings.ts';
import { unlinkOutsideFiles } from './outside-links.ts';
import { sidebar } from './sidebar.ts';

export default defineConfig({
  title: 'Ostiary',
  description: 'Self-hosted OAuth 2.1 and OpenID Connect provider',
  base: '/auth/mkdocs/',
  outDir: '../dist/site',
  cacheDir: '../node_modules/.cache/vitepress',
  rewrites: { 'README.md': 'index.md', 'guides/README.md': 'guides/index.md' },
  // test/docs/documentation.test.ts checks all links.
  ignoreDeadLinks: true,
  markdown: {
    anchor: { slugify },
    config(markdown) {
      showDiagrams(markdown);
      unlinkOutsideFiles(markdown);
    },
  },
  themeConfig: {
    siteTitle: false,
    search: { provider: 'local' },
    sidebar,
    outline: [2, 3],
    nav: [
      { text: 'Getting started', link: '/getting-started' },
      { text: 'Reference', link: '/reference' },
      { text: 'Production', link: '/production' },
    ],
  },
});
