// The brand in the panel, in a browser: accessibility, and everything from the preview to the reset without
// script.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '#test/support/browser/chromium.ts';
import { inspect } from '#test/support/browser/inspect.ts';
import { seeHeading, signIn } from '#test/support/browser/steps.ts';
import { markSvg, png } from '#test/support/data/brand.ts';

describeInBrowser('the brand in the panel', {}, ({ app, visit }) => {
  const at = (path = '') => `${app().issuer}/auth/admin/branding${path}`;

  const by = { kind: 'operator' } as const;

  async function enter(page: Page): Promise<void> {
    const admin = await app().createUser();
    await app().services.roles.grant(admin.id, 'admin', new Date());
    await page.goto(at());
    await signIn(page, admin);
    await seeHeading(page, 'Branding default');
  }

  it('is previewed, refused while it cannot be read, stored and reset without script', async (t) => {
    const { page } = await visit(t, { javaScriptEnabled: false });
    await enter(page);
    await page.fill('#accent', '#ffee88');
    await page.click('#preview');
    const pale = await page.textContent('#contrast');
    await page.fill('#accent', '#5b3fd6');
    await page.selectOption('#font', 'humanist');
    await page.fill('#link_privacy', 'https://northwind.example/privacy');
    await page.click('#preview');
    const drawn = await page.innerHTML('#sketches');
    const before = app().services.activeBrand.current;

    await page.click('#submit');
    await seeHeading(page, 'Branding stored');
    const stored = app().services.activeBrand.current;
    await page.click('#act-reset');
    await page.fill('#reason', 'A test');
    await page.click('#submit');
    await seeHeading(page, 'Branding default');

    assert.match(pale ?? '', /accent\.light #ffee88/);
    assert.match(drawn, /%235b3fd6/);
    assert.equal(before, undefined, 'a preview stores nothing');
    assert.equal(stored?.palettes?.light.accent, '#5b3fd6');
    assert.equal(app().services.activeBrand.current, undefined);
  });

  it('has images that can be uploaded, shown, replaced and removed without script', async (t) => {
    const { page } = await visit(t, { javaScriptEnabled: false });
    await enter(page);
    t.after(() => app().services.brandingAdministration.reset({ by }));
    const upload = async (name: string, buffer: Buffer) => {
      await page.setInputFiles('#image', { name, mimeType: 'image/svg+xml', buffer });
      await page.click('#submit');
    };
    const current = () => app().services.activeBrand.current;

    await page.click('#change-logo-dark');
    await upload('logo.svg', Buffer.from(markSvg));
    const tooEarly = await page.textContent('#error');
    await page.goto(at('/images/logo'));
    await upload('logo.svg', Buffer.from(markSvg.replace('<circle', '<script/><circle')));
    const active = await page.textContent('#error');
    await upload('logo.svg', Buffer.alloc(300 * 1024, ' '));
    const large = await page.textContent('#error');
    await upload('logo.svg', Buffer.from(markSvg));
    await seeHeading(page, 'Branding stored');
    const logo = current()?.logo?.light ?? '';
    const shown = await page.getAttribute('.brand-image img', 'src');
    await page.goto(at('/images/favicon'));
    await upload('icon.png', png);
    await seeHeading(page, 'Branding stored');
    const icon = current()?.favicon?.mediaType;
    const served = await page.request.get(new URL(logo, page.url()).href);
    await page.goto(at('/images/logo'));
    await page.check('[name=remove]');
    await page.click('#submit');
    await seeHeading(page, 'Branding stored');

    assert.match(tooEarly ?? '', /light mode first/);
    assert.match(active ?? '', /logo\.light must not contain a script/);
    assert.match(large ?? '', /too large/);
    assert.equal(shown, logo);
    assert.equal(icon, 'image/png');
    assert.equal(served.headers()['content-type'], 'image/svg+xml');
    assert.equal(served.headers()['x-content-type-options'], 'nosniff');
    const policy = served.headers()['content-security-policy'] ?? '';
    assert.match(policy, /^default-src 'none'; style-src 'unsafe-inline'; .*sandbox$/);
    assert.equal(current()?.logo, undefined);
    assert.equal(current()?.favicon?.mediaType, 'image/png', 'other images remain');
  });

  it('is previewed on the sign-in page while it is typed, in frames without rights', async (t) => {
    const { page } = await visit(t, { viewport: { width: 1280, height: 900 } });
    await enter(page);
    async function accentIn(scheme: string): Promise<unknown> {
      const frame = await (await page.waitForSelector(`iframe[src*="=${scheme}"]`)).contentFrame();
      await frame?.waitForURL(/scheme=/);
      return frame?.evaluate(
        `getComputedStyle(document.querySelector('#sign-in')).backgroundColor`,
      );
    }

    const before = [await accentIn('light'), await accentIn('dark')];
    await page.fill('#accent', '#5b3fd6');
    await page.waitForSelector('iframe[src*="5b3fd6"]');
    const after = await accentIn('light');
    await page.fill('#accent', '#5b3fd');
    await page.fill('#accent', '#ffee88');
    await page.waitForSelector('#contrast');
    const frame = await page.request.get(
      new URL((await page.getAttribute('iframe', 'src')) ?? '', page.url()).href,
    );

    assert.deepEqual(before, ['rgb(29, 92, 71)', 'rgb(127, 203, 171)']);
    assert.equal(after, 'rgb(91, 63, 214)');
    assert.equal(await page.getAttribute('iframe', 'sandbox'), 'allow-same-origin');
    const policy = frame.headers()['content-security-policy'] ?? '';
    assert.match(policy, /script-src 'none'/);
    assert.match(policy, /frame-ancestors 'self'/);
    assert.match(policy, /form-action 'none'/);
    assert.equal(app().services.activeBrand.current, undefined, 'a preview stores nothing');
  });

  it('takes a color from the picker, which follows typed values', async (t) => {
    const { page } = await visit(t, { viewport: { width: 1280, height: 900 } });
    await enter(page);
    t.after(() => app().services.brandingAdministration.reset({ by }));
    const picker = page.getByLabel('Accent, light mode (color picker)');

    await picker.fill('#5b3fd6');
    await page.waitForSelector('iframe[src*="5b3fd6"]');
    const picked = await page.inputValue('#accent');
    await page.fill('#accent', '#7a2e1d');
    await page.waitForSelector('iframe[src*="7a2e1d"]');
    const followed = await picker.inputValue();
    await picker.fill('#5b3fd6');
    await page.click('#submit');
    await seeHeading(page, 'Branding stored');

    assert.deepEqual([picked, followed], ['#5b3fd6', '#7a2e1d']);
    assert.equal(app().services.activeBrand.current?.palettes?.light.accent, '#5b3fd6');
  });

  it('has no accessibility violations (WCAG 2.2 AA)', async (t) => {
    const { page, forgive } = await visit(t, { viewport: { width: 390, height: 844 } });
    await enter(page);
    const faults = [...(await inspect(page, 'form'))];

    await page.goto(at('/images/logo'));
    faults.push(...(await inspect(page, 'image')));

    await page.goto(at('/reset'));
    faults.push(...(await inspect(page, 'reset')));

    assert.deepEqual(faults, []);
    // The frames admit no script, not even that of these checks.
    forgive(/Blocked script execution in '[^']*\/branding\/preview/);
  });
});
