// Processing of logos from other sites.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { makeLogoImage } from '#platform/images/logo-image.ts';
import { aPicture } from '#test/support/steps/pictures.ts';

const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>');

describe('makeLogoImage', () => {
  for (const format of ['png', 'jpeg', 'webp', 'gif'] as const) {
    it(`encodes a ${format} image again, reduced and with its proportions`, async () => {
      const bytes = await aPicture({ width: 600, height: 300, format });

      const logo = await makeLogoImage(bytes, 'application/octet-stream');

      assert.equal(logo?.mediaType, 'image/webp');
      const { width, height, format: made } = await sharp(logo?.bytes).metadata();
      assert.deepEqual({ width, height, made }, { width: 144, height: 72, made: 'webp' });
    });
  }

  it('keeps an SVG image unchanged', async () => {
    const logo = await makeLogoImage(svg, 'image/svg+xml; charset=utf-8');

    assert.deepEqual(logo, { mediaType: 'image/svg+xml', bytes: svg });
  });

  const refused: readonly (readonly [string, Buffer, string])[] = [
    ['a page', Buffer.from('<!doctype html><svg/>'), 'image/svg+xml'],
    ['an SVG image with another media type', svg, 'text/html'],
    [
      'an SVG image that is too large',
      Buffer.concat([svg, Buffer.alloc(200_000, ' ')]),
      'image/svg+xml',
    ],
    ['a broken picture', Buffer.from('\x89PNG\r\n\x1a\nbroken', 'latin1'), 'image/png'],
    ['nothing', Buffer.alloc(0), 'image/png'],
  ];
  for (const [name, bytes, mediaType] of refused) {
    it(`refuses ${name}`, async () => {
      assert.equal(await makeLogoImage(bytes, mediaType), undefined);
    });
  }
});
