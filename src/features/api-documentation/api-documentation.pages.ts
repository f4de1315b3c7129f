// Serves the OpenAPI document, and Swagger UI and ReDoc that show it, from this origin alone.
import type Router from '@koa/router';
import { sendFile } from '#http/file-response.ts';
import type { SitePages } from '#http/site-pages.ts';
import { AppError } from '#platform/errors.ts';
import { createDocumentationFiles } from './documentation-files.pages.ts';
import type { RequireDocsAccess } from './docs-access.pages.ts';

export interface ApiDocumentationDependencies {
  readonly site: SitePages;
  readonly requireDocsAccess: RequireDocsAccess;
  /** The OpenAPI document; called once. */
  readonly describeApi: () => object;
}

/** Swagger UI and ReDoc write inline styles. Everything else is limited to this origin. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const cacheControl = 'private, no-cache';

const pages = {
  docs: {
    title: 'API',
    styles: ['swagger-ui.css'],
    scripts: ['swagger-ui-bundle.js', 'swagger-start.js'],
  },
  redoc: { title: 'API reference', styles: [], scripts: ['redoc.standalone.js', 'redoc-start.js'] },
} as const;

export function addApiDocumentation(
  router: Router,
  { site, requireDocsAccess, describeApi }: ApiDocumentationDependencies,
): void {
  const findFile = createDocumentationFiles();
  let document: string | undefined;

  router.get('/auth/openapi.json', async (ctx) => {
    if (!(await requireDocsAccess(ctx))) return;
    document ??= JSON.stringify(describeApi());
    ctx.set('Cache-Control', cacheControl);
    ctx.set('Content-Type', 'application/json; charset=utf-8');
    ctx.body = document;
  });

  for (const [name, page] of Object.entries(pages)) {
    const path = `/auth/${name}`;
    router.get(path, async (ctx) => {
      if (!(await requireDocsAccess(ctx))) return;
      ctx.set('Content-Security-Policy', policy);
      ctx.set('Content-Type', 'text/html; charset=utf-8');
      ctx.body = writePage(page, site.address(path), site.address('/auth/openapi.json'));
    });
    router.get(`${path}/:file`, async (ctx) => {
      if (!(await requireDocsAccess(ctx))) return;
      const file = await findFile(String(ctx.params['file']));
      if (!file) throw new AppError('not_found', 'File not found.');
      await sendFile(ctx, file, cacheControl);
    });
  }
}

/** The values are constants and the issuer's path, which the configuration has checked. */
function writePage(
  { title, styles, scripts }: (typeof pages)[keyof typeof pages],
  base: string,
  document: string,
): string {
  const links = styles.map((file) => `<link rel="stylesheet" href="${base}/${file}">`);
  const tags = scripts.map(
    (file) => `<script src="${base}/${file}" data-document="${document}"></script>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${links.join('\n')}
</head>
<body style="margin: 0">
<main id="documentation"></main>
<noscript>This page needs JavaScript. The document itself is at <a href="${document}">${document}</a>.</noscript>
${tags.join('\n')}
</body>
</html>
`;
}
