// BRANDING: accepted values, and errors that are all reported at once.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from '#config/config.ts';

const read = (value: unknown) => readConfig({ BRANDING: JSON.stringify(value) });

function faultsOf(value: unknown): string {
  try {
    read(value);
  } catch (error) {
    return String(error);
  }
  return assert.fail(`accepted ${JSON.stringify(value)}`);
}

describe('BRANDING', () => {
  it('is absent by default', () => {
    assert.equal(readConfig({}).branding, undefined);
    assert.equal(readConfig({}).productName, 'Ostiary');
  });

  it('has optional members, and one text for both color schemes', () => {
    const { branding } = read({
      logo: 'logo.svg',
      mark: { light: 'mark.png', dark: 'mark-dark.png' },
      accent: '#5B3FD6',
      links: { support: 'mailto:help@example.com' },
    });

    assert.deepEqual(branding?.logo, { light: 'logo.svg', dark: undefined });
    assert.deepEqual(branding.mark, { light: 'mark.png', dark: 'mark-dark.png' });
    assert.deepEqual(branding.accent, { light: '#5b3fd6', dark: undefined });
    assert.deepEqual(branding.links, { support: 'mailto:help@example.com' });
    assert.equal(branding.favicon, undefined);
  });

  it('has a product name that replaces PRODUCT_NAME', () => {
    const env = { BRANDING: '{"product_name":"Northwind"}', PRODUCT_NAME: 'Other' };

    assert.equal(readConfig(env).productName, 'Northwind');
    assert.equal(readConfig({ PRODUCT_NAME: 'Other', BRANDING: '{}' }).productName, 'Other');
  });

  it('reports all errors at once, with a suggestion for a misspelt member', () => {
    const faults = faultsOf({
      product_name: '<b>',
      favicn: 'logo.svg',
      accent: 'red',
      background: { dark: '#000000' },
      font: 'Comic Sans',
      links: { privcy: 'https://example.com' },
      favicon: '',
    });

    assert.match(faults, /BRANDING is invalid \(/);
    assert.match(faults, /"favicn" is not known, did you mean favicon\?/);
    assert.match(faults, /product_name must be 1 to 60 letters/);
    assert.match(faults, /accent must be a color like #1d5c47/);
    assert.match(faults, /background must have a value for light/);
    assert.match(faults, /font must be one of inter, classic, system, humanist/);
    assert.match(faults, /links "privcy" is not known, did you mean privacy\?/);
    assert.match(faults, /favicon must be the path of a file or a data: URL/);
  });

  it('refuses images on other servers and links that are not web addresses', () => {
    assert.match(faultsOf({ logo: 'https://cdn.example/logo.svg' }), /must be a file, not/);
    for (const href of ['javascript:alert(1)', 'mailto:a@example.com', '/privacy', 7]) {
      assert.match(faultsOf({ links: { privacy: href } }), /links must have an address/);
    }
  });

  it('refuses anything but a JSON object', () => {
    for (const value of [[], 'x', 7, null]) assert.match(faultsOf(value), /must be a JSON object/);
    assert.throws(() => readConfig({ BRANDING: '{' }), /BRANDING must be JSON/);
  });
});
