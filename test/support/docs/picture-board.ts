// Places screenshots side by side on one picture of the documents.
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';

/** Pixels of a picture for each pixel of its layout, so that text stays legible on dense screens. */
const scale = 2;
const quality = 60;

export interface Shot {
  readonly png: Buffer;
  /** Width on the board, in pixels of the layout. */
  readonly width: number;
}

export async function openBoard(browser: Browser): Promise<Page> {
  const viewport = { width: 1700, height: 800 };
  return browser.newPage({ viewport, deviceScaleFactor: scale });
}

/** Returns a JPEG. */
export async function composeShots(board: Page, shots: readonly Shot[]): Promise<Buffer> {
  const images = shots.map(
    ({ png, width }) =>
      `<img width="${width}" src="data:image/png;base64,${png.toString('base64')}">`,
  );
  await board.setContent(`<body style="margin:0"><div style="display:flex;gap:16px;padding:16px;
    width:max-content;align-items:start;background:#8a948e">${images.join('')}</div>`);
  const picture = await board.locator('div').screenshot();
  return sharp(picture).jpeg({ quality, mozjpeg: true }).toBuffer();
}
