// The files of the built documentation site. All are read at once: no name in a request ever becomes a
// path.
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { createHash } from 'node:crypto';
import { describeFile, type FileContent } from '#http/file-response.ts';

export interface SiteFile extends FileContent {
  /** Names with a hash in them; their content never changes. */
  readonly isImmutable: boolean;
  /** The content security policy, for pages only. */
  readonly policy?: string;
}

export type SiteFiles = ReadonlyMap<string, SiteFile>;

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** The base path that docs/.vitepress/config.ts builds into the files. */
const builtBase = '/auth/mkdocs/';

/** @param basePath path of the issuer, without a slash at the end */
export async function readSite(directory: string, basePath: string): Promise<SiteFiles> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((it) => join(it.parentPath, it.name));
  const files = await Promise.all(
    paths.map(async (path) => {
      const name = relative(directory, path).split(sep).join('/');
      const type = types[extname(path)];
      return type === undefined ? [] : [[name, await readSiteFile(path, type, basePath)] as const];
    }),
  );
  return new Map(files.flat());
}

async function readSiteFile(path: string, type: string, basePath: string): Promise<SiteFile> {
  const isText = type.includes('charset');
  const built = await readFile(path);
  const moved = isText && basePath !== '';
  const text = () => built.toString().replaceAll(builtBase, `${basePath}${builtBase}`);
  // An empty response has no type, and browsers refuse a style sheet without one.
  const bytes = moved || built.length === 0 ? Buffer.from(`${text()}\n`) : built;
  const isImmutable = path.includes(`${sep}assets${sep}`);
  const file = { ...describeFile(bytes, type), isImmutable };
  return type.startsWith('text/html') ? { ...file, policy: policyOf(bytes.toString()) } : file;
}

/** Hash of the style that VitePress adds while the color scheme changes. */
const switchStyle = "'sha256-skqujXORqzxt1aE0NNXxujEanPTX6raoqSscTV/Ww/Y='";

/** VitePress writes inline scripts, allowed by their hash, and `style` attributes for code. */
function policyOf(html: string): string {
  const scripts = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/g)];
  const hashes = scripts.map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    `script-src 'self' ${[...new Set(hashes)].join(' ')}`,
    `style-src 'self' ${switchStyle}; style-src-attr 'unsafe-inline'`,
    "img-src 'self' data:; font-src 'self'; connect-src 'self'",
    "frame-ancestors 'none'; base-uri 'none'",
  ].join('; ');
}
