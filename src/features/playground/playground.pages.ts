/**
 * The playground: a relying party in the browser, for development only. Serves its page and the
 * files that the page loads. It has no access to the provider's data: everything it displays comes
 * from the public protocol. server/routes/pages.ts decides whether it is available.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Router } from '@koa/router';

import { AppError } from '#platform/errors.ts';
import { playgroundAddress, playgroundClient, playgroundScopes } from './playground-client.ts';
import type { Render } from '#http/rendering/render.ts';
import { readStyleSheet } from '#http/rendering/assets/style-sheets.ts';
import type { Config } from '#config/config.ts';
import { sha256Text } from '#platform/crypto/hashing.ts';
import { defineView } from '#http/rendering/view.ts';

export interface PlaygroundLocals {
  /** Settings for the page's script, as JSON. */
  readonly settings: string;
  readonly styleHref: string;
  readonly scriptHref: string;
}

export const playgroundView = defineView<PlaygroundLocals>('playground/playground');

interface Dependencies {
  readonly render: Render;
  readonly config: Pick<Config, 'issuer' | 'refreshLeewaySeconds'>;
  /** Ensures that the client of `playgroundClient` is registered. */
  readonly ensureClient: () => Promise<void>;
}

interface BrowserFile {
  readonly type: string;
  readonly content: Buffer;
  readonly etag: string;
}

export function createPlayground({ render, config, ensureClient }: Dependencies): Router {
  const locals = describePage(config);
  const files = loadBrowserFiles();
  const router = new Router();

  router.get('/auth/playground', async function showPlayground(ctx) {
    await ensureClient();
    render(ctx, playgroundView, locals);
  });

  router.get('/auth/playground/:name', function serveBrowserFile(ctx) {
    const file = files.get(ctx.params['name'] ?? '');
    if (!file) throw new AppError('not_found', 'Page not found.');
    ctx.type = file.type;
    ctx.set('Cache-Control', 'no-cache');
    ctx.set('ETag', file.etag);
    ctx.body = file.content;
    if (ctx.fresh) ctx.status = 304;
  });

  return router;
}

function describePage({ issuer, refreshLeewaySeconds }: Dependencies['config']): PlaygroundLocals {
  const { pathname } = new URL(playgroundAddress(issuer));
  const settings = {
    issuer,
    clientId: playgroundClient(issuer).client_id,
    redirectUri: playgroundAddress(issuer),
    scopes: playgroundScopes,
    leewaySeconds: refreshLeewaySeconds,
  };
  return {
    settings: JSON.stringify(settings),
    styleHref: `${pathname}/playground.css`,
    scriptHref: `${pathname}/main.js`,
  };
}

/** All files that can be requested, read once: no name in a request ever becomes a path. */
function loadBrowserFiles(): ReadonlyMap<string, BrowserFile> {
  const directory = new URL('../../../public/playground/', import.meta.url);
  const names = readdirSync(directory).filter((name) => /\.(?:js|css)$/.test(name));
  return new Map([
    ...names.map((name) => [name, readBrowserFile(new URL(name, directory))] as const),
    ['oauth4webapi.js', readBrowserFile(new URL(import.meta.resolve('oauth4webapi')))],
  ]);
}

function readBrowserFile(address: URL): BrowserFile {
  const isStyle = address.pathname.endsWith('.css');
  const content = isStyle ? readStyleSheet(fileURLToPath(address)) : readFileSync(address);
  // Without the charset, browsers may decode the modules as something other than UTF-8.
  const type = isStyle ? 'text/css' : 'text/javascript';
  return { type: `${type}; charset=utf-8`, content, etag: `"${sha256Text(content)}"` };
}
