// Copies of the logos of clients: fetched by the server, served from its own origin.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createLogos } from '#features/logos/logos.service.ts';
import { createLogoStore } from '#features/logos/logos.store.ts';
import { logoKey } from '#http/logo-address.ts';
import { createOutboundFetch, type OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import { describeApp } from '#test/support/app.ts';
import { aPicture } from '#test/support/steps/pictures.ts';

const dayMilliseconds = 24 * 60 * 60_000;

describeApp('copies of logos', {}, (app) => {
  /** Another site, which answers with this picture and counts the requests. */
  function aSite(answers: (url: URL) => Response | Promise<Response>) {
    const asked: string[] = [];
    const fetch: OutboundFetch = async (address) => {
      asked.push(String(address));
      return answers(new URL(address));
    };
    return { fetch, asked: (path: string) => asked.filter((url) => url.endsWith(path)).length };
  }

  function aNode(fetch: OutboundFetch, now = app().services.now) {
    const { db, log, invalidation } = app().services;
    const store = createLogoStore(db);
    return createLogos({ store, fetch, activeProviders: { list: [] }, invalidation, log, now });
  }

  async function aClientWith(path: string): Promise<string> {
    const url = `https://logos.example${path}`;
    await app().relyingParty({ logo_uri: url });
    return `${app().issuer}/auth/logos/${logoKey(url)}`;
  }

  const picture = async () => new Response(new Uint8Array(await aPicture()));
  const in8Days = () => new Date(app().services.now().getTime() + 8 * dayMilliseconds);

  it('are served from the origin of the server once they are fetched', async () => {
    const copy = await aClientWith('/served.png');
    const site = aSite(picture);
    assert.equal((await fetch(copy)).status, 404);

    await aNode(site.fetch).run();

    const answer = await fetch(copy);
    assert.equal(answer.headers.get('content-type'), 'image/webp');
    assert.match(String(answer.headers.get('cache-control')), /max-age=86400/);
    assert.equal(site.asked('/served.png'), 1);
  });

  it('are fetched once by nodes that run at the same time', async () => {
    await aClientWith('/shared.png');
    const site = aSite(picture);

    await Promise.all([aNode(site.fetch).run(), aNode(site.fetch).run()]);

    assert.equal(site.asked('/shared.png'), 1);
  });

  it('are fetched again after a week, and kept while their site does not answer', async () => {
    const copy = await aClientWith('/weekly.png');
    const site = aSite(picture);
    await aNode(site.fetch).run();
    await aNode(site.fetch).run();
    assert.equal(site.asked('/weekly.png'), 1);
    const down = aSite(() => Response.error());

    await aNode(down.fetch, in8Days).run();

    assert.equal(down.asked('/weekly.png'), 1);
    assert.equal((await fetch(copy)).status, 200);
  });

  it('wait longer after each failure', async () => {
    await aClientWith('/failing.png');
    const site = aSite(() => new Response('gone', { status: 410 }));
    const after = (minutes: number) => () =>
      new Date(app().services.now().getTime() + minutes * 60_000);
    const asked: number[] = [];
    for (const minutes of [0, 5, 11, 30, 80]) {
      await aNode(site.fetch, after(minutes)).run();
      asked.push(site.asked('/failing.png'));
    }

    assert.deepEqual(asked, [1, 1, 2, 2, 3]);
  });

  it('follow redirects to https only', async () => {
    const moved = await aClientWith('/moved.png');
    const insecure = await aClientWith('/insecure.png');
    const site = aSite(({ pathname }) => {
      if (pathname === '/new.png') return picture();
      const location = pathname === '/moved.png' ? '/new.png' : 'http://logos.example/new.png';
      return new Response(null, { status: 302, headers: { location } });
    });

    await aNode(site.fetch).run();

    assert.equal((await fetch(moved)).status, 200);
    assert.equal((await fetch(insecure)).status, 404);
  });

  it('come from public addresses only', async () => {
    const url = 'https://127.0.0.1:9/internal.png';
    await app().relyingParty({ logo_uri: url });

    await aNode(createOutboundFetch({ allow: [] })).run();

    const { status } = await fetch(`${app().issuer}/auth/logos/${logoKey(url)}`);
    assert.equal(status, 404);
  });

  it('of SVG cannot run script when they are opened', async () => {
    const copy = await aClientWith('/mark.svg');
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>';
    const headers = { 'content-type': 'image/svg+xml' };

    await aNode(aSite(() => new Response(svg, { headers })).fetch).run();

    const answer = await fetch(copy);
    assert.equal(answer.headers.get('content-type'), 'image/svg+xml');
    const policy = String(answer.headers.get('content-security-policy'));
    assert.equal(
      policy,
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
    );
  });
});
