// Reads the files of the brand at start-up. Their type follows from their content, and their size
// is limited, because every visitor loads them.
import { readFile, stat } from 'node:fs/promises';
import { sha256Text } from '#platform/crypto/hashing.ts';
import type { BrandFile } from './brand.ts';
import { hasPixels, readImageSize } from './image-size.ts';
import { findSvgFault, recognizeImage, svg, type ImageType } from './image-type.ts';

export interface FileRules {
  /** The member of BRANDING, for messages. */
  readonly member: string;
  /** The name under which the file is served, without extension. */
  readonly name: string;
  readonly maxBytes: number;
  readonly mustBeSquare?: boolean;
}

/** A larger picture would take too much memory in browsers. */
const maxPixels = 4096;

const dataUrl = /^data:[\w.+/-]*(?:;[\w-]+=[\w-]+)*(;base64)?,/i;

export async function readImage(
  source: string,
  { types, ...rules }: FileRules & { readonly types: readonly ImageType[] },
): Promise<BrandFile> {
  const bytes = await readSource(source, rules);
  const type = recognizeImage(bytes);
  if (!type || !types.includes(type)) {
    const accepted = types.map(({ extension }) => extension).join(', ');
    throw new Error(`${rules.member} must be an image of type ${accepted}`);
  }
  const fault = type === svg ? findSvgFault(bytes) : findPixelFault(bytes, type, rules);
  if (fault !== undefined) throw new Error(`${rules.member} ${fault}`);
  return createFile(`${rules.name}.${type.extension}`, type.mediaType, bytes);
}

function findPixelFault(
  bytes: Buffer,
  type: ImageType,
  { mustBeSquare = false }: FileRules,
): string | undefined {
  if (!hasPixels(type)) return undefined;
  const size = readImageSize(bytes, type);
  if (!size) return `is a damaged ${type.extension} file`;
  const { width, height } = size;
  const found = `${width} by ${height} pixels`;
  if (Math.max(width, height) > maxPixels) {
    return `must not have more than ${maxPixels} pixels on a side, and has ${found}`;
  }
  return mustBeSquare && width !== height ? `must be square, and has ${found}` : undefined;
}

/** An SVG image that the server generated. */
export function createImage(name: string, drawing: string): BrandFile {
  return createFile(`${name}.${svg.extension}`, svg.mediaType, Buffer.from(drawing));
}

export async function readStylesheet(source: string, rules: FileRules): Promise<BrandFile> {
  const bytes = await readSource(source, rules);
  const isText = !bytes.includes(0) && Buffer.from(bytes.toString('utf8')).equals(bytes);
  if (!isText) throw new Error(`${rules.member} must be a style sheet in UTF-8`);
  return createStylesheet(rules.name, bytes);
}

export function createStylesheet(name: string, text: string | Buffer): BrandFile {
  return createFile(`${name}.css`, 'text/css; charset=utf-8', Buffer.from(text));
}

function createFile(name: string, mediaType: string, bytes: Buffer): BrandFile {
  return { name, mediaType, bytes, version: sha256Text(bytes).slice(0, 16) };
}

async function readSource(source: string, { member, maxBytes }: FileRules): Promise<Buffer> {
  const bytes = source.startsWith('data:')
    ? decodeDataUrl(source, member)
    : await readPath(source, { member, maxBytes });
  if (bytes.length === 0) throw new Error(`${member} is empty`);
  if (bytes.length > maxBytes) throw new Error(describeLimit(member, maxBytes));
  return bytes;
}

/** @throws Error naming the member */
export function decodeDataUrl(url: string, member: string): Buffer {
  const [prefix, isBase64] = dataUrl.exec(url) ?? [];
  if (prefix === undefined) throw new Error(`${member} is not a valid data: URL`);
  const data = url.slice(prefix.length);
  if (isBase64) return Buffer.from(data, 'base64');
  try {
    return Buffer.from(decodeURIComponent(data));
  } catch (cause) {
    throw new Error(`${member} is not a valid data: URL`, { cause });
  }
}

/** @param path absolute, or relative to the working directory of the server */
async function readPath(
  path: string,
  { member, maxBytes }: Pick<FileRules, 'member' | 'maxBytes'>,
): Promise<Buffer> {
  try {
    // A large file is refused before it is read.
    const { size } = await stat(path);
    if (size <= maxBytes) return await readFile(path);
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new Error(`${member} cannot be read from ${JSON.stringify(path)} (${why})`, { cause });
  }
  throw new Error(describeLimit(member, maxBytes));
}

function describeLimit(member: string, maxBytes: number): string {
  return `${member} must not be larger than ${maxBytes / 1024} KiB`;
}
