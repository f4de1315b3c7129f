/** How a view becomes a response, and what the layout adds. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { errorView } from '#http/rendering/error-view.ts';
import { signOutView } from '#features/interaction/provider-pages.pages.ts';
import { signInView } from '#features/sign-in/sign-in.pages.ts';
import { homeView } from '#features/account-overview/home.pages.ts';
import { aContext, aRenderer, renderer, renderText } from '#test/support/views/render-text.ts';

const homeLocals = { discoveryHref: '/.well-known/openid-configuration' };

describe('createRenderer', () => {
  it('responds with uncacheable HTML and the given status', () => {
    const { context, headers } = aContext('en');

    const nextLink = { href: '/', label: 'Go to the home page' };
    const locals = { code: 'not_found', message: 'Not found.', requestId: 'request-1', nextLink };
    renderer(context, errorView, locals, { status: 404 });

    assert.equal(context.status, 404);
    assert.equal(context.type, 'text/html; charset=utf-8');
    assert.equal(headers.get('Cache-Control'), 'no-store');
  });

  it("links assets below the issuer's path, with their version", () => {
    const atRoot = renderText(homeView, homeLocals);
    const render = aRenderer({ issuer: 'https://example.org/id' });
    const below = renderText(homeView, homeLocals, { render });

    assert.ok(atRoot.includes('href="/auth/assets/style.css?v=v1"'));
    assert.ok(below.includes('href="/id/auth/assets/style.css?v=v1"'));
  });

  it('shows the host', () => {
    assert.match(
      renderText(signInView, { action: '/auth/sign-in', formToken: 'token' }),
      /You’re on id\.example\.org/,
    );
  });

  it('leaves a notice among the locals of a page to that page', () => {
    const locals = { action: '/auth/sign-in', formToken: 'token' };

    const html = renderText(signInView, { ...locals, notice: 'sign-in.notice.password' });

    assert.match(html, /id="notice" role="status">.*<span>Your new password is set/s);
  });

  it('uses the given title', () => {
    const { context } = aContext('en');

    renderer(context, homeView, homeLocals, { title: 'account.title' });

    assert.match(String(context.body), /<title>Your account · Ostiary<\/title>/);
  });

  it('replaces a missing logo by one whole grapheme', () => {
    const client = { name: '👩‍🚀 Space' };
    const action = '/oauth2/logout/confirm';
    const html = renderText(signOutView, { action, xsrf: 'secret', stayAction: '/', client });

    assert.match(html, /aria-hidden="true">👩‍🚀<\/span>/);
  });
});
