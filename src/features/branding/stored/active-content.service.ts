// Refuses SVG images that contain more than a picture, when operators store them at run time. Pages show
// images with <img>, and the images are served with a sandbox policy, so no content would run there; but
// users may download an image and open it in other programs.
import { decodeDataUrl } from '#features/branding/brand-files.service.ts';
import { recognizeImage, svg } from '#features/branding/image-type.ts';
import { AppError } from '#platform/errors.ts';

/** Permits only references to fragments of the same document, and embedded pictures. */
const ownReference = String.raw`\s*(?:#|data:image/(?:png|jpe?g|gif|webp)[;,])`;

/** Each rule may refuse a harmless file, but must not accept a harmful one. */
const rules: readonly (readonly [pattern: RegExp, fault: string])[] = [
  [/<(?:[\w.-]+:)?(?:script|handler|listener)[\s/>]/i, 'must not contain a script'],
  [/\son[a-z]+\s*=/i, 'must not contain event handlers, such as onload'],
  [/<(?:[\w.-]+:)?foreignObject[\s/>]|1999\/xhtml/i, 'must not contain foreignObject or HTML'],
  [
    new RegExp(String.raw`\b(?:href|src|base)\s*=\s*(?!(["'])${ownReference})`, 'i'),
    'must not refer to other files or addresses',
  ],
  [
    new RegExp(String.raw`url\((?!\s*["']?${ownReference})|@import|image-set`, 'i'),
    'must not load other files in its styles',
  ],
  [/attributeName\s*=\s*["']\s*(?:[\w.-]+:)?href/i, 'must not animate addresses'],
  [/\\/, 'must not contain a backslash'],
  [/<!(?:ENTITY|ATTLIST|ELEMENT)/i, 'must not define entities; save it as plain SVG'],
  [/<\?(?!xml\s)/i, 'must not contain processing instructions'],
  [/<\?xml[^>]*encoding\s*=\s*["'](?!utf-8["'])/i, 'must be in UTF-8'],
];

/** What an SVG document contains beyond a picture; `undefined` if nothing. */
export function findActiveContent(source: string): string | undefined {
  const text = decodeReferences(source);
  return rules.find(([pattern]) => pattern.test(text))?.[1];
}

/** @param images the sources of images by the name of their member; those in `data:` URLs are checked */
export function refuseActiveContent(images: readonly (readonly [string, string])[]): void {
  for (const [member, source] of images) {
    const bytes = decodeDataUrl(source, member);
    if (recognizeImage(bytes) !== svg) continue;
    const fault = findActiveContent(bytes.toString('utf8'));
    if (fault !== undefined) throw new AppError('invalid_input', `${member} ${fault}.`);
  }
}

/** Numeric references could spell what the rules look for. */
function decodeReferences(text: string): string {
  return text.replaceAll(/&#(?:x([\da-f]{1,6})|(\d{1,7}));?/gi, (whole, hex, decimal) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
  });
}
