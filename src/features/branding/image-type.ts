// Recognizes images by their content, so that a file is served as what it is, whatever its name.

export interface ImageType {
  readonly extension: string;
  readonly mediaType: string;
}

const png = { extension: 'png', mediaType: 'image/png' };
const jpeg = { extension: 'jpg', mediaType: 'image/jpeg' };
const webp = { extension: 'webp', mediaType: 'image/webp' };
const ico = { extension: 'ico', mediaType: 'image/x-icon' };
export const svg = { extension: 'svg', mediaType: 'image/svg+xml' };

/** Types of images that browsers show anywhere on a page. */
export const pictureTypes: readonly ImageType[] = [svg, png, jpeg, webp];
export const iconTypes: readonly ImageType[] = [svg, png, ico];
export const touchIconTypes: readonly ImageType[] = [png];

const signatures: readonly (readonly [type: ImageType, begin: string])[] = [
  [png, '\x89PNG\r\n\x1a\n'],
  [jpeg, '\xff\xd8\xff'],
  [ico, '\0\0\x01\0'],
];
/** An SVG document may start with a declaration, comments and a document type. */
const svgStart =
  /^\uFEFF?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*(?:<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i;
const examinedBytes = 4096;
/** Without it, browsers do not show the file as an image. */
const svgNamespace = /\sxmlns=["']http:\/\/www\.w3\.org\/2000\/svg["']/;

/** @param bytes recognized as SVG */
export function findSvgFault(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  if (!svgNamespace.test(text))
    return 'must have xmlns="http://www.w3.org/2000/svg" in its svg element';
  return text.includes('</svg') ? undefined : 'is an incomplete svg file';
}

export function recognizeImage(bytes: Buffer): ImageType | undefined {
  const start = bytes.toString('latin1', 0, 16);
  const known = signatures.find(([, begin]) => start.startsWith(begin));
  if (known) return known[0];
  if (start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP') return webp;
  return svgStart.test(bytes.toString('utf8', 0, examinedBytes)) ? svg : undefined;
}
