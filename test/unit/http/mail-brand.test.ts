// The brand of the operator in mails.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMailWriter } from '#http/rendering/mail/mail-writer.ts';
import { mails } from '#server/modules.ts';

const options = {
  viewsDirectory: new URL('../../../views/', import.meta.url).pathname,
  productName: 'Northwind',
  issuerUrl: new URL('https://id.example.org'),
  logoFile: new URL('../../../public/icon-180.png', import.meta.url).pathname,
  footerLinks: [],
  renderers: mails,
};
const values = { link: 'https://id.example.org/link', code: '123456' };

describe('a mail with a brand', () => {
  it('has the colors, fonts and icon of the brand, inline and in dark mode', () => {
    const icon = { cid: 'logo', contentType: 'image/png', base64: 'AAAA' };
    const look = {
      colors: { accent: ['#5b3fd6', '#b3a4ff'], ground: ['#f7f6fa', '#0e0d11'] },
      fonts: { text: 'Seravek,sans-serif', title: 'Charter,serif' },
      logo: icon,
    } as const;
    const addressed = { kind: 'mail', userId: 'ann', to: 'ann@example.com', locale: 'en' } as const;
    const order = { ...addressed, template: 'sign_in', values };
    const branded = createMailWriter({ ...options, brand: look })(order, { client: undefined });
    const bare = createMailWriter({ ...options, brand: { ...look, logo: 'none' } });

    assert.deepEqual(branded?.images, [icon]);
    assert.match(branded.html, /class="button"[^>]*background-color:#5b3fd6/);
    assert.match(branded.html, /\.button \{[^}]*background-color:#b3a4ff!important/);
    assert.match(branded.html, /<h1[^>]*font-family:Charter,serif/);
    assert.doesNotMatch(branded.html, /#1d5c47|#7fcbab|Iowan/);
    assert.deepEqual(bare(order, { client: undefined })?.images, []);
    assert.doesNotMatch(bare(order, { client: undefined })?.html ?? '', /<img/);
  });
});
