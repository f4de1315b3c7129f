// Which SVG images operators may store at run time.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findActiveContent } from '#features/branding/stored/active-content.service.ts';

const svg = (content: string, start = '') =>
  `${start}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">${content}</svg>`;

describe('an SVG image that is stored at run time', () => {
  it('may have shapes, styles, gradients, uses of its own parts and embedded pictures', () => {
    const pictures = [
      '<title>Northwind on=air</title><path d="M0 0h10v10z" style="fill:#5b3fd6"/>',
      '<style>@media (prefers-color-scheme: dark){.ink{fill:#fff}}</style><g class="ink"/>',
      '<linearGradient id="a"/><rect fill="url(#a)"/><use href="#a"/><use xlink:href=\'#a\'/>',
      '<image href="data:image/png;base64,iVBORw0KGgo="/>',
    ];
    const start =
      '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n';

    for (const picture of pictures) {
      assert.equal(findActiveContent(svg(picture)), undefined, picture);
      assert.equal(findActiveContent(svg(picture, start)), undefined, picture);
    }
  });

  it('must not have script, HTML, or references to anything outside', () => {
    const refused: readonly (readonly [fault: RegExp, content: string])[] = [
      [/script/, '<script>alert(1)</script>'],
      [/script/, '<s:script xmlns:s="http://www.w3.org/2000/svg"/>'],
      [/event handlers/, '<rect onload="alert(1)"/>'],
      [/event handlers/, '<rect\nONCLICK = "alert(1)"/>'],
      [/foreignObject/, '<foreignObject><p/></foreignObject>'],
      [/HTML/, '<h:p xmlns:h="http://www.w3.org/1999/xhtml"/>'],
      [/refer to other/, '<image href="https://tracker.example/a.png"/>'],
      [/refer to other/, '<use xlink:href="//tracker.example/a.svg#b"/>'],
      [/refer to other/, '<a href="javascript:alert(1)"><rect/></a>'],
      [/refer to other/, '<a href="&#106;avascript:alert(1)"><rect/></a>'],
      [/refer to other/, '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>'],
      [/styles/, '<style>@import "https://tracker.example/a.css"</style>'],
      [/styles/, '<rect fill="url(https://tracker.example/a.svg#b)"/>'],
      [/styles/, '<rect style="fill:u&#x72;l( \'//tracker.example\')"/>'],
      [/backslash/, '<style>@\\69mport "https://tracker.example/a.css"</style>'],
      [/animate/, '<set attributeName="xlink:href" to="javascript:alert(1)"/>'],
    ];

    for (const [fault, content] of refused) {
      assert.match(findActiveContent(svg(content)) ?? 'accepted', fault, content);
    }
    const entity = '<!DOCTYPE svg [<!ENTITY a "b">]>';
    assert.match(findActiveContent(svg('&a;', entity)) ?? 'accepted', /entities/);
    const styled = '<?xml-stylesheet type="text/css" href="#a"?>';
    assert.match(findActiveContent(svg('', styled)) ?? 'accepted', /processing instructions/);
    const encoded = '<?xml version="1.0" encoding="iso-2022-jp"?>';
    assert.match(findActiveContent(svg('', encoded)) ?? 'accepted', /UTF-8/);
  });
});
