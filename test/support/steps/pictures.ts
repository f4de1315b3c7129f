// Steps for tests of pictures: drawing files, uploading them without a browser, reading the claim.
import assert from 'node:assert/strict';
import sharp from 'sharp';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import type { Send } from '#test/support/actors/http-client.ts';
import type { TestApp } from '#test/support/app.ts';

const profilePath = '/auth/account/profile';
const boundary = 'boundary-of-the-test';

interface PictureFacts {
  readonly width?: number;
  readonly height?: number;
  readonly background?: string;
  readonly format?: 'png' | 'jpeg' | 'webp' | 'gif';
}

/** A picture of one color. */
export function aPicture({
  width = 300,
  height = 200,
  background = '#c02040',
  format = 'png',
}: PictureFacts = {}): Promise<Buffer> {
  const create = { width, height, channels: 3, background } as const;
  return sharp({ create }).toFormat(format).toBuffer();
}

/** A picture with as many details as a portrait. */
export function aPhoto(): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 130, sigma: 12 } as const;
  const create = { width: 800, height: 800, channels: 3, background: '#000000', noise } as const;
  return sharp({ create }).blur(1).jpeg().toBuffer();
}

export interface Part {
  readonly name: string;
  readonly value: string | Buffer;
  /** For a file. */
  readonly fileName?: string;
}

export function multipart(parts: readonly Part[], { isComplete = true } = {}): Buffer {
  const pieces = parts.flatMap(({ name, value, fileName }) => {
    const file =
      fileName === undefined ? '' : `; filename="${fileName}"\r\nContent-Type: image/png`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`;
    return [Buffer.from(head), Buffer.from(value), Buffer.from('\r\n')];
  });
  return Buffer.concat([...pieces, Buffer.from(isComplete ? `--${boundary}--\r\n` : '')]);
}

export const multipartType = `multipart/form-data; boundary=${boundary}`;

/** Any body, as the browser of a signed-in user sends it from our own page. */
export function postPicture(
  { issuer, send }: { readonly issuer: string; readonly send: Send },
  browser: Browser,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const url = new URL(`${issuer}${profilePath}/picture`);
  return send(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': multipartType,
      cookie: browser.cookies.header(url),
      origin: new URL(issuer).origin,
      'sec-fetch-site': 'same-origin',
      accept: 'text/html',
      ...headers,
    },
  });
}

export async function formTokenOf(browser: Browser): Promise<string> {
  const page = await browser.open(profilePath);
  return page.form('continue').fields.get('form_token') ?? '';
}

export async function uploadPicture(
  app: Pick<TestApp, 'issuer' | 'send'>,
  browser: Browser,
  bytes: Buffer,
): Promise<Response> {
  const formToken = await formTokenOf(browser);
  const parts = [
    { name: 'form_token', value: formToken },
    { name: 'picture', value: bytes, fileName: 'me.png' },
  ];
  return postPicture(app, browser, multipart(parts));
}

/** The value of the claim. */
export async function pictureOf(app: TestApp, userId: string): Promise<string> {
  const user = await app.services.users.findById(userId);
  assert.ok(user);
  return user.claims.picture ?? '';
}
