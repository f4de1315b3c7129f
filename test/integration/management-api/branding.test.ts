// The brand by the management API: replaced with If-Match, shown on pages at once, and reset.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient, itemsOf } from '#test/support/actors/api-client.ts';
import { describeApp } from '#test/support/app.ts';
import { dataUrl, markSvg } from '#test/support/data/brand.ts';

const configured = {
  accent: '#7a1f4b',
  font: 'serif',
  stylesheet: `data:text/css;base64,${btoa('h1{letter-spacing:0}')}`,
};
const options = {
  arrangement: 'embedded, memory',
  settings: { BRANDING: JSON.stringify(configured) },
} as const;

describeApp('the brand of the management API', options, (app) => {
  async function pageSource(): Promise<{ html: string; style: string }> {
    const html = await (await app().send(`${app().issuer}/auth/sign-in`)).text();
    const [, href = ''] = /href="([^"]*\/auth\/brand\/style[^"]*)"/.exec(html) ?? [];
    const style = await (await app().send(new URL(href, app().issuer).href)).text();
    return { html, style };
  }

  it('is replaced with If-Match, shown at once, and reset to the setting', async () => {
    const api = await createApiClient(app());
    const before = await api.get('branding');
    const change = (body: object, tag: string | null) =>
      api.call('PUT', 'branding', { body, headers: tag === null ? {} : { 'if-match': tag } });
    const body = {
      accent: '#5b3fd6',
      mark: dataUrl(markSvg),
      links: { privacy: 'https://northwind.example/privacy' },
    };

    const blind = await change(body, null);
    const changed = await change(body, before.headers.get('etag'));
    const stale = await change(body, before.headers.get('etag'));
    const stored = await pageSource();
    const reset = await api.call('DELETE', 'branding', {
      headers: { 'if-match': changed.headers.get('etag') ?? '' },
    });
    const after = await pageSource();

    assert.deepEqual([blind.status, changed.status, stale.status], [428, 200, 412], changed.text);
    assert.deepEqual([before.body['source'], changed.body['source']], ['settings', 'stored']);
    assert.equal(before.body['accent'] === null, false);
    assert.match(stored.style, /#5b3fd6/);
    assert.match(stored.html, /northwind\.example\/privacy/);
    assert.match(stored.html, /brand\/custom\.css/, 'the style sheet of the setting remains');
    assert.deepEqual(reset.body, { reset: true });
    assert.match(after.style, /#7a1f4b/);
    assert.doesNotMatch(after.html, /northwind\.example/);
    for (const event of ['branding.updated', 'branding.reset']) {
      assert.equal(itemsOf(await api.get('audit', { event })).length, 1, event);
    }
  });

  it('is refused with unreadable colors, paths and members of the settings only', async () => {
    const api = await createApiClient(app());
    const put = (body: object) =>
      api.call('PUT', 'branding', { body, headers: { 'if-match': '*' } });

    const pale = await put({ accent: '#ffee88' });
    const path = await put({ logo: '/etc/passwd' });
    const style = await put({ stylesheet: 'data:text/css,a{}' });

    assert.deepEqual([pale.status, path.status, style.status], [400, 400, 400]);
    assert.match(pale.text, /accent\.light #ffee88/);
    assert.match(path.text, /logo must be a data: URL/);
    assert.doesNotMatch(pale.text, /BRANDING/);
  });

  it('is refused with an SVG image that is more than a picture', async () => {
    const api = await createApiClient(app());
    const put = (source: string) =>
      api.call('PUT', 'branding', {
        body: { logo: { light: dataUrl(markSvg), dark: dataUrl(source) } },
        headers: { 'if-match': '*' },
      });

    const script = await put(markSvg.replace('<circle', '<script/><circle'));
    const link = await put(markSvg.replace('<circle', '<image href="https://a.example"/><circle'));

    assert.deepEqual([script.status, link.status], [400, 400]);
    assert.match(script.text, /logo\.dark must not contain a script/);
    assert.match(link.text, /logo\.dark must not refer to other files or addresses/);
  });
});
