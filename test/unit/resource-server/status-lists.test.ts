// The resource server package and status lists (draft-ietf-oauth-status-list §5, §8): which lists it accepts,
// and how long it uses one.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { deflateSync } from 'node:zlib';
import type { ResourceServerOptions } from '#resource-server/types.ts';
import { anApi, ask, bearer } from '#test/support/resource-server/asking.ts';
import { createStandInIssuer } from '#test/support/resource-server/stand-in-issuer.ts';

const listType = { 'content-type': 'application/statuslist+jwt' };
const passes = { subject: 'ann' };

async function aList(t: TestContext, options: Partial<ResourceServerOptions> = {}) {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const { issuer, api } = await anApi(options);
  const uri = `${issuer.issuer}/oauth2/status-lists/1`;
  const serve = (body: string, headers: Readonly<Record<string, string>> = listType) =>
    issuer.answer(uri, () => ({ body, headers }));
  const tokenAt = async (idx: unknown, at = uri) =>
    bearer(await issuer.accessToken({ status: { status_list: { idx, uri: at } } }));
  const ten = await tokenAt(10);
  return {
    issuer,
    uri,
    serve,
    tokenAt,
    asked: () => issuer.requestsTo('/status-lists/1'),
    /** The subject, or the error. */
    async verdict(headers = ten) {
      const verdict = await ask(api, headers);
      return 'error' in verdict ? verdict.error : verdict;
    },
  };
}

describe('a token with a place in a status list', () => {
  it('passes until the place is set, which is seen within the ttl of the list', async (t) => {
    const { issuer, uri, serve, verdict, tokenAt, asked } = await aList(t);
    serve(await issuer.statusList(uri, [9, 11]));

    assert.deepEqual(await verdict(), passes);
    serve(await issuer.statusList(uri, [9, 10, 11]));
    t.mock.timers.tick(4900);
    assert.deepEqual(await verdict(), passes);
    assert.equal(asked(), 1);
    t.mock.timers.tick(200);
    assert.deepEqual(await verdict(), 'invalid_token');
    assert.deepEqual(await verdict(await tokenAt(8)), passes);
    assert.equal(asked(), 2);
  });

  it('is checked against an unchanged list without reading it again', async (t) => {
    const { issuer, uri, verdict, asked } = await aList(t);
    const body = await issuer.statusList(uri, [1]);
    const seen: (string | null)[] = [];
    issuer.answer(uri, ({ headers }) => {
      const etag = new Headers(headers).get('if-none-match');
      seen.push(etag);
      if (etag === '"v1"') return { status: 304, body: '' };
      return { body, headers: { ...listType, etag: '"v1"' } };
    });

    assert.deepEqual(await verdict(), passes);
    t.mock.timers.tick(5001);
    assert.deepEqual(await verdict(), passes);
    assert.deepEqual(await verdict(), passes);
    assert.deepEqual([seen, asked()], [[null, '"v1"'], 2]);
  });

  it('is checked with one request for many tokens at once', async (t) => {
    const { issuer, uri, serve, verdict, asked } = await aList(t);
    serve(await issuer.statusList(uri, []));

    await Promise.all(Array.from({ length: 20 }, () => verdict()));

    assert.equal(asked(), 1);
  });

  it('is refused if the index is not in the list, or no index', async (t) => {
    const { issuer, uri, serve, verdict, tokenAt } = await aList(t);
    serve(await issuer.statusList(uri, []));

    for (const index of [128, -1, 1.5, '10', undefined, 2 ** 53]) {
      assert.equal(await verdict(await tokenAt(index)), 'invalid_token', String(index));
    }
  });

  it('cannot make the API call another host', async (t) => {
    const { issuer, verdict, tokenAt } = await aList(t);
    const foreign = [
      'https://evil.example/l',
      'http://id.example.com/l',
      'https://u@id.example.com/l',
    ];

    for (const uri of foreign) {
      assert.equal(await verdict(await tokenAt(1, uri)), 'invalid_token', uri);
    }
    assert.equal(issuer.requestsTo('/l'), 0);
  });

  it('reads lists with more bits for each token', async (t) => {
    const { issuer, uri, serve, verdict, tokenAt } = await aList(t);
    const lst = deflateSync(Uint8Array.of(0b11_00_01_00)).toString('base64url');
    serve(await issuer.statusList(uri, [], { status_list: { bits: 2, lst } }));

    const verdicts = [];
    for (const index of [0, 1, 2, 3]) verdicts.push(await verdict(await tokenAt(index)));
    assert.deepEqual(verdicts, [passes, 'invalid_token', passes, 'invalid_token']);
  });
});

describe('no decision is made, and the response is 503, with a list', () => {
  const bomb = deflateSync(new Uint8Array(8 * 1024 * 1024)).toString('base64url');
  const at = Math.floor(Date.now() / 1000);
  const wrong = {
    'for another address': { sub: 'https://id.example.com/oauth2/status-lists/2' },
    'of another issuer': { iss: 'https://evil.example' },
    'that has expired': { exp: at - 60 },
    'without time': { iat: undefined },
    'without content': { status_list: undefined },
    'of an unknown width': { status_list: { bits: 3, lst: 'eJwDAAAAAAE' } },
    'that is not compressed': { status_list: { bits: 1, lst: 'AAAA' } },
    'that grows beyond the limit': { status_list: { bits: 1, lst: bomb } },
  };
  for (const [name, claims] of Object.entries(wrong)) {
    it(name, async (t) => {
      const { issuer, uri, serve, verdict } = await aList(t);
      serve(await issuer.statusList(uri, [], claims));

      assert.equal(await verdict(), 'temporarily_unavailable');
    });
  }

  it('of another signer, another type of JWT, another content type, or none', async (t) => {
    const { issuer, uri, serve, verdict } = await aList(t);
    const forger = await createStandInIssuer();
    const good = await issuer.statusList(uri, []);

    serve(await forger.statusList(uri, []));
    assert.equal(await verdict(), 'temporarily_unavailable');
    serve(await issuer.accessToken({ sub: uri, status_list: { bits: 1, lst: 'eJwDAAAAAAE' } }));
    assert.equal(await verdict(), 'temporarily_unavailable');
    serve(good, { 'content-type': 'text/html' });
    assert.equal(await verdict(), 'temporarily_unavailable');
    issuer.answer(uri, () => ({ status: 404, body: good, headers: listType }));
    assert.equal(await verdict(), 'temporarily_unavailable');
    serve(good);
    assert.deepEqual(await verdict(), passes);
  });
});

describe('a list that cannot be read again', () => {
  it('is not used any longer, unless the API allows it', async (t) => {
    const { issuer, uri, serve, verdict } = await aList(t);
    serve(await issuer.statusList(uri, []));
    assert.deepEqual(await verdict(), passes);

    issuer.answer(uri, () => ({ status: 500, body: '' }));
    t.mock.timers.tick(5001);

    assert.equal(await verdict(), 'temporarily_unavailable');
  });

  it('is used for the seconds that the API allows, and never beyond its expiry', async (t) => {
    const { issuer, uri, serve, verdict } = await aList(t, { statusLists: { staleSeconds: 60 } });
    const exp = Math.floor(Date.now() / 1000) + 30;
    serve(await issuer.statusList(uri, [], { exp }));
    assert.deepEqual(await verdict(), passes);

    issuer.answer(uri, () => ({ status: 500, body: '' }));
    t.mock.timers.tick(20_000);
    assert.deepEqual(await verdict(), passes);
    t.mock.timers.tick(20_000);
    assert.equal(await verdict(), 'temporarily_unavailable');
  });
});
