// Recognizes the formats of uploaded pictures by their first bytes. The name and the media type that
// a browser sends are not trusted, and no decoder sees a file of another format.

const formats = ['jpeg', 'png', 'webp', 'gif'] as const;
export type ImageFormat = (typeof formats)[number];

export const imageMediaTypes = formats.map((format) => `image/${format}`);

/** In Latin-1, where each byte is one character. */
const signatures: Readonly<Record<ImageFormat, RegExp>> = {
  jpeg: /^\xff\xd8\xff/,
  png: /^\x89PNG\r\n\x1a\n/,
  webp: /^RIFF[^]{4}WEBP/,
  gif: /^GIF8[79]a/,
};

export function imageFormatOf(bytes: Uint8Array): ImageFormat | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16));
  const text = start.toString('latin1');
  return formats.find((format) => signatures[format].test(text));
}
