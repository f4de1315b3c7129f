// The fast path keeps the checks of parameters for each registration (docs/decisions/0065). What changes in a
// registration, an API or the client between two equal authorization requests has the same effect as without them,
// and no client profits from the checks of another one.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it, type TestContext } from 'node:test';
import { startDocumentHost } from '#test/support/actors/client-document-host.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { describeApp, shareInSuite } from '#test/support/app.ts';
import { all, omit, set, type Change } from '#test/support/fast-path/authorizations/drafts.ts';
import { codeOf, destinationOf } from '#test/support/fast-path/authorizations/navigations.ts';
import {
  comparePlays,
  type PlayPlan,
  type Playing,
} from '#test/support/fast-path/authorizations/plays.ts';
import { openTwoWays } from '#test/support/fast-path/two-ways.ts';
import { replaceMetadata } from '#test/support/steps/client-registration.ts';

const operator = { kind: 'operator' } as const;
const basic = { auth: 'client_secret_basic' } as const;

const settings = { CLIENT_ID_METADATA_DOCUMENTS: 'on', OUTBOUND_ALLOW: '127.0.0.0/8' };

describeApp('authorizations after a change of the registration', { settings }, (app) => {
  const ways = shareInSuite((works) => openTwoWays(works, app()));
  const compare = (t: TestContext, plan: PlayPlan) =>
    comparePlays({ t, app: app(), ways: ways() }, plan);
  const command = (...args: readonly string[]) =>
    createCommandRunner(app().services).done([...args]);
  const register = ({ client: { clientId, metadata } }: Playing, members: object) =>
    replaceMetadata(app(), clientId, { ...metadata, ...members });

  /** A request before, during and after a change that is undone. */
  const during =
    (members: object, change?: Change) =>
    async (playing: Playing): Promise<unknown> => {
      const ends = [await playing.request(change)];
      await register(playing, members);
      ends.push(await playing.request(change));
      await register(playing, {});
      return [...ends, await playing.request(change)];
    };

  const unlike = { redirect_uris: ['https://rp.example/other'] };
  const withoutPkce = omit('code_challenge', 'code_challenge_method');
  const registrations: readonly (readonly [string, string, object, object?, Change?])[] = [
    ['lost its redirect_uri', 'page 400', unlike],
    ['lost a scope', 'invalid_scope', { scope: 'openid' }],
    [
      'must use PKCE',
      'invalid_request',
      { require_pkce: true },
      { require_pkce: 'off' },
      withoutPkce,
    ],
    [
      'must use PKCE or a nonce',
      'invalid_request',
      { require_pkce: false },
      { require_pkce: 'off' },
      all(withoutPkce, omit('nonce')),
    ],
    ['must push requests', 'invalid_request', { require_pushed_authorization_requests: true }],
    ['must sign requests', 'invalid_request', { require_signed_request_object: true }],
    [
      'must not use codes',
      'invalid_request',
      { response_types: [], grant_types: ['refresh_token'] },
    ],
    ['asks for a new sign-in', 'interaction', { default_max_age: 0 }],
    [
      'asks for a second factor',
      'interaction',
      { default_acr_values: ['urn:ostiary:acr:two-factor'] },
    ],
  ];
  for (const [name, end, members, facts = {}, change] of registrations) {
    it(`applies the new registration of a client that ${name}`, async (t) => {
      const plan = { facts: { ...basic, ...facts }, play: during(members, change), direct: 2 };
      assert.deepEqual(await compare(t, plan), ['code', end, 'code']);
    });
  }

  it('does not read the sector document of a client', async (t) => {
    const sector_identifier_uri = 'https://127.0.0.1:1/sector.json';
    const play = during({ subject_type: 'pairwise', sector_identifier_uri });
    assert.deepEqual(await compare(t, { play, direct: 3 }), ['code', 'code', 'code']);
  });

  it('reads the metadata document of a client equally often, and asks the user each time', async (t) => {
    const redirect_uri = 'https://reader.example/callback';
    const known = ways().count('authorization', 'direct');
    const counts: number[] = [];
    for (const way of ['fast', 'engine'] as const) {
      const host = await startDocumentHost(t);
      const rp = await app().relyingParty();
      const { url } = await rp.request({ client_id: host.clientId, redirect_uri });
      const browser = app().browser();
      const page = await rp.passPages(await browser.open(url), await app().createUser());
      assert.equal(page.left, true, page.text);
      const silent = `${url.search}&prompt=none`;
      const missing = url.search.replace('client.json', 'other.json');
      const ends = [];
      for (const query of [url.search, silent, missing]) {
        const headers = [['Cookie', browser.cookies.header(url)]] as const;
        const request = { method: 'GET', path: url.pathname + query, headers };
        ends.push(destinationOf(await ways().send(way, request)));
      }
      assert.deepEqual(ends, ['interaction', 'interaction_required', 'page 400']);
      counts.push(host.requests());
    }
    assert.equal(counts[0], counts[1]);
    assert.equal(ways().count('authorization', 'direct'), known);
  });

  it('treats a client equally while it is blocked, unblocked and deleted', async (t) => {
    const play = async ({ client: { clientId }, request }: Playing) => {
      const { blocking } = app().services;
      const ends = [await request()];
      await blocking.blockClient(clientId, operator);
      ends.push(await request());
      await blocking.unblockClient(clientId, operator);
      ends.push(await request());
      await command('client', 'delete', clientId, '--yes');
      return [...ends, await request()];
    };
    await compare(t, { play, direct: 1 });
  });

  for (const [name, change, direct] of [
    ['was deleted', (id: string) => command('resource', 'delete', id, '--yes'), 1],
    ['lost a scope', (id: string) => command('resource', 'update', id, '--scopes', 'write'), 2],
  ] as const) {
    it(`applies the change of an API that ${name}`, async (t) => {
      const play = async ({ request, rp, person, browser, exchange }: Playing) => {
        const resource = `https://api.example/${randomUUID()}`;
        await app().createApi({ audience: resource });
        await rp.authorize(person, { scope: 'openid read', resource }, browser);
        const asking = all(set('resource', resource), set('scope', 'openid read'));
        const before = await request(asking);
        await change(resource);
        return [before, await request(asking), await exchange()];
      };
      await compare(t, { play, direct });
    });
  }

  it('checks the parameters of a second client by its own registration', async (t) => {
    const loose = { ...basic, require_pkce: 'off', first_party: true } as const;
    const play = async ({ request, tryRequest, rp, person, browser }: Playing) => {
      const strict = await app().createClient({ ...basic, ...unlike, require_pkce: true });
      const other = await app().relyingPartyOf(strict);
      await other.authorize(person, { scope: 'openid email' }, browser);
      const change = all(withoutPkce, set('redirect_uri', rp.app.redirectUri));
      const sent = [];
      for (let turn = 0; turn < 3; turn += 1) {
        sent.push(await request(change), codeOf(await tryRequest(strict, change)));
      }
      const again = set('client_id', strict.clientId);
      return [...sent, codeOf(await tryRequest(rp.app as Playing['client'], all(change, again)))];
    };
    const sent = await compare(t, { facts: loose, play, direct: 3 });
    assert.deepEqual(sent, ['code', '', 'code', '', 'code', '', '']);
  });

  it('tells apart parameters whose names and values look alike', async (t) => {
    const play = async ({ request }: Playing) => {
      const ends = [];
      for (const change of [
        set('scope', 'openid email'),
        set('scope', 'openid'),
        all(set('scope', 'openid'), set('prompt', 'none')),
        set('scope', 'openid prompt=4:none;'),
        all(set('max_age', '0'), set('prompt', 'none')),
        set('max_age', '0'),
        set('max_age', '00'),
        set('max_age', '86400'),
        omit('state'),
        omit('nonce'),
        omit('state', 'nonce'),
      ]) {
        ends.push(await request(change), await request(change));
      }
      return ends;
    };
    await compare(t, { play, direct: 16 });
  });

  it('answers more sets of parameters than are kept', async (t) => {
    const play = async ({ request }: Playing) => {
      const ends = new Set<string>();
      for (let age = 1000; age < 1055; age += 1)
        ends.add(await request(set('max_age', String(age))));
      ends.add(await request(set('max_age', '1000')));
      return [...ends];
    };
    assert.deepEqual(await compare(t, { play, direct: 56 }), ['code']);
  });

  it('takes state, nonce and challenge from each request', async (t) => {
    const play = async ({ request, exchange }: Playing) => {
      const errors = [];
      for (const [state, nonce] of [
        ['a', 'b'],
        ['c', 'd'],
        ['', 'e'],
        ['f', ''],
      ] as const) {
        await request(all(set('state', state), set('nonce', nonce)));
        errors.push(await exchange());
      }
      await request(set('code_challenge', 'x'.repeat(43)));
      return [...errors, await exchange()];
    };
    const errors = await compare(t, { play, direct: 5 });
    assert.deepEqual(errors, [undefined, undefined, undefined, undefined, 'invalid_grant']);
  });
});
