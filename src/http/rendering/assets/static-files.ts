// Serves the files of one folder and a few additional files, all read at start-up: a requested name is only
// looked up in that list. URLs contain a version computed from the content, so browsers may cache files
// indefinitely: the version of all files, or that of the single file, which then stays cached when other
// files change.
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { Context, Handler, Next } from '#http/context.ts';
import { AppError } from '#platform/errors.ts';
import { sha256Text } from '#platform/crypto/hashing.ts';
import { describeFile, sendFile, type FileContent } from '#http/file-response.ts';
import { partsFolder, readStyleSheet } from './style-sheets.ts';

/** Files of other types in the folder (licences, image sources) are not served. */
const types: ReadonlyMap<string, string> = new Map([
  ['.css', 'text/css; charset=utf-8'],
  ['.gif', 'image/gif'],
  ['.ico', 'image/x-icon'],
  ['.jpg', 'image/jpeg'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.json', 'application/json; charset=utf-8'],
  ['.mjs', 'text/javascript; charset=utf-8'],
  ['.png', 'image/png'],
  ['.svg', 'image/svg+xml; charset=utf-8'],
  ['.txt', 'text/plain; charset=utf-8'],
  ['.webmanifest', 'application/manifest+json; charset=utf-8'],
  ['.webp', 'image/webp'],
  ['.woff2', 'font/woff2'],
]);

/** Clients that read no HTML request the icon at the root of the host. */
const faviconPath = '/favicon.ico';

const longCacheControl = 'public, max-age=31536000, immutable';

/** Removes comments on lines of their own, so line numbers in the browser differ from the source. */
export function compactScript(bytes: Buffer): Buffer {
  const text = bytes.toString('utf8').replaceAll(/^[ \t]*\/\*\*?\s[^]*?\*\/\n/gm, '');
  return Buffer.from(text.replaceAll(/^[ \t]*\/\/.*\n/gm, ''));
}

/** Third-party scripts keep their copyright notices. */
async function readOwn(name: string, path: string): Promise<Buffer> {
  if (name.endsWith('.css')) return readStyleSheet(path);
  const bytes = await readFile(path);
  return name.endsWith('.js') && !name.includes('/') ? compactScript(bytes) : bytes;
}

async function readFiles(
  directory: string,
  others: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, FileContent>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((it) => join(it.parentPath, it.name));
  const files = new Map<string, FileContent>();
  const own = paths.map((path) => [relative(directory, path).split(sep).join('/'), path] as const);
  const all = [...own, ...Object.entries(others)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, path] of all) {
    const type = types.get(extname(path).toLowerCase());
    if (type === undefined || name.startsWith(partsFolder)) continue;
    const isOwn = !Object.hasOwn(others, name);
    files.set(name, describeFile(isOwn ? await readOwn(name, path) : await readFile(path), type));
  }
  linkFiles(files);
  return files;
}

function versionOfFile({ etag }: FileContent): string {
  return etag.slice(1, 9);
}

/** Adds a version to each file that a style sheet refers to, such as `url('font.woff2')`. */
function linkFiles(files: Map<string, FileContent>): void {
  for (const [name, { bytes, type }] of files) {
    if (!name.endsWith('.css')) continue;
    const text = bytes.toString('utf8').replaceAll(/url\('([\w.-]+)'\)/g, (url, linked: string) => {
      const file = files.get(linked);
      return file ? `url('${linked}?v=${versionOfFile(file)}')` : url;
    });
    files.set(name, describeFile(Buffer.from(text), type));
  }
}

function versionOf(files: ReadonlyMap<string, FileContent>): string {
  const lines = [...files].map(([name, { etag }]) => `${name} ${etag}`);
  return sha256Text(lines.join('\n')).slice(0, 8);
}

/** The name of the requested file; `undefined` if the path belongs to another handler. */
function nameOf(path: string, prefix: string): string | undefined {
  if (path === faviconPath) return faviconPath.slice(1);
  return path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
}

export async function loadStaticFiles({
  directory,
  prefix = '/auth/assets/',
  others = {},
}: {
  readonly directory: string;
  /** The full path before the file name, including the issuer's own path. */
  readonly prefix?: string;
  /** Files from other folders, by the name under which they are served. */
  readonly others?: Readonly<Record<string, string>>;
}) {
  const files = await readFiles(directory, others);
  const version = versionOf(files);

  const serve: Handler = function serveStaticFiles(ctx: Context, next: Next): unknown {
    const name = nameOf(ctx.path, prefix);
    if (name === undefined) return next();
    const file = files.get(name);
    if (!file) throw new AppError('not_found', 'File not found.');
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD')
      throw new AppError('method_not_allowed', 'Files only support GET and HEAD.');
    ctx['_matchedRoute'] = ctx.path === faviconPath ? faviconPath : `${prefix}:file`;
    const isCurrent = [version, versionOfFile(file)].some((it) => ctx.querystring === `v=${it}`);
    return sendFile(ctx, file, isCurrent ? longCacheControl : 'no-cache');
  };

  return {
    /** Changes with any byte of any file; URLs carry it as `?v=`. */
    version,
    names: [...files.keys()],
    /** The URL of a file with its own version, as style sheets link it. */
    linkOf: (name: string): string | undefined => {
      const file = files.get(name);
      return file && `${prefix}${name}?v=${versionOfFile(file)}`;
    },
    serve,
  };
}
export type StaticFiles = Awaited<ReturnType<typeof loadStaticFiles>>;
