// Authorization requests sent as a POST from a page of the client (OIDC Core §3.1.2.1).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import type { Page } from '#test/support/actors/cookie-browser.ts';

const endpoint = '/oauth2/authorize';
const form = 'application/x-www-form-urlencoded';
/** Exceeds the length limit of a URL. */
const long = { unheard_of: 'x'.repeat(14 * 1024) };

describeOnEachArrangement('POST /oauth2/authorize from another site', (app) => {
  for (const [size, more] of [
    ['fits into a URL', {}],
    ['is too large for a URL', long],
  ] as const) {
    it(`returns a code after sign-in and consent if the request ${size}`, async () => {
      const rp = await app().relyingParty();
      const pending = await rp.request(more);

      const first = await app().browser().postFromElsewhere(endpoint, pending.url.searchParams);
      const page = await rp.passPages(first, await app().createUser());

      const { claims } = await rp.exchange(rp.receive(page, pending));
      assert.equal(claims['nonce'], pending.nonce);
    });

    it(`uses the session of the browser if the request ${size}`, async () => {
      const rp = await app().relyingParty();
      const { browser } = await rp.login(await app().createUser());
      const pending = await rp.request({ prompt: 'none', ...more });

      const page = await browser.postFromElsewhere(endpoint, pending.url.searchParams);

      assert.notEqual(rp.receive(page, pending).code, '');
    });
  }
});

describeApp('a posted request that is too large for a URL', {}, (app) => {
  /** Posts the request; returns the target of the redirect and the cookie that is set. */
  async function post(body: URLSearchParams, path = endpoint) {
    const answer = await app().send(app().issuer + path, { method: 'POST', body });
    const location = new URL(answer.headers.get('location') ?? '', app().issuer);
    const [line = ''] = answer.headers.getSetCookie();
    return { answer, location, line, cookie: line.split(';')[0] ?? '' };
  }

  async function postLong() {
    const rp = await app().relyingParty();
    return post((await rp.request(long)).url.searchParams);
  }

  const open = (url: URL, cookie = '') =>
    app().send(url, { headers: { accept: 'text/html', ...(cookie === '' ? {} : { cookie }) } });

  it('is represented in the URL by a random handle only', async () => {
    const { answer, location, line } = await postLong();

    assert.equal(answer.status, 303);
    assert.equal(location.pathname, endpoint);
    assert.match(location.search, /^\?posted_request=[\w-]{43}$/);
    assert.match(line, /; httponly/i);
    assert.match(line, /; samesite=lax/i);
  });

  it('can be resumed once', async () => {
    const { location, cookie } = await postLong();

    const first = await open(location, cookie);
    const again = await open(location, cookie);

    assert.equal(first.status, 303);
    await assertErrorPage(again, 400, 'expired');
  });

  it('can be resumed by one of twenty concurrent requests', async () => {
    const { location, cookie } = await postLong();

    const answers = await Promise.all(Array.from({ length: 20 }, () => open(location, cookie)));

    assert.equal(answers.filter(({ status }) => status === 303).length, 1);
  });

  it('cannot be resumed in another browser or at another endpoint', async () => {
    const [one, other] = [await postLong(), await postLong()];
    const elsewhere = new URL(one.location);
    elsewhere.pathname = '/oauth2/logout';

    await assertErrorPage(await open(one.location), 400, 'expired');
    await assertErrorPage(await open(one.location, other.cookie), 400, 'expired');
    await assertErrorPage(await open(elsewhere, one.cookie), 400, 'expired');
    assert.equal((await open(one.location, one.cookie)).status, 303);
  });

  it('expires after a minute', async (t) => {
    const clock = holdClock(t);
    const { location, cookie } = await postLong();

    clock.advance(61);

    await assertErrorPage(await open(location, cookie), 400, 'expired');
  });

  it('is refused with 413 if it is too large to be stored', async () => {
    const body = new URLSearchParams({ unheard_of: 'x'.repeat(33 * 1024) });

    const { answer, cookie } = await post(body);

    await assertErrorPage(answer, 413, 'too_large');
    assert.equal(cookie, '');
  });

  it('is not found by an invented handle', async () => {
    for (const handle of ['', 'x', 'x'.repeat(43), '../../x']) {
      const url = new URL(`${app().issuer}${endpoint}`);
      url.searchParams.set('posted_request', handle);
      await assertErrorPage(await open(url), 400, 'expired');
    }
  });
});

describeApp('the body of POST /oauth2/authorize', {}, (app) => {
  const refusals: readonly (readonly [string, string, string, number, RegExp])[] = [
    ['a parameter twice', 'state=a&state=b', form, 400, /more than once/],
    ['a client secret', 'client_secret=x', form, 400, /credential/],
    ['a handle', 'posted_request=x', form, 400, /posted_request/],
    ['broken encoding', 'state=%ff', form, 400, /encoded/],
    ['a JSON document', '{"state":"a"}', 'application/json', 415, /form/],
    ['a file', '--b\r\n\r\nx\r\n--b--', 'multipart/form-data; boundary=b', 415, /form/],
    ['plain text', 'state=a', 'text/plain', 415, /form/],
    ['no content type', 'state=a', '', 415, /form/],
    ['another charset', 'state=a', `${form}; charset=latin1`, 415, /UTF-8/],
  ];

  for (const [what, body, type, status, words] of refusals) {
    it(`is refused with an error page if it is ${what}`, async () => {
      const page = await app().browser().postFromElsewhere(endpoint, body, type);

      assertErrorShown(page, status);
      assert.match(page.text, words);
    });
  }

  it('is refused if a parameter is also in the query', async () => {
    const page = await app().browser().postFromElsewhere(`${endpoint}?state=a`, 'state=b');

    assertErrorShown(page, 400);
    assert.match(page.text, /more than once/);
  });

  it('may repeat the parameter resource (RFC 8707 §2)', async () => {
    const [one, two] = [await app().createApi(), await app().createApi()];
    const rp = await app().relyingParty();
    const pending = await rp.request({
      scope: 'openid read',
      resource: [one.audience, two.audience],
    });

    const first = await app().browser().postFromElsewhere(endpoint, pending.url.searchParams);
    const page = await rp.passPages(first, await app().createUser());

    const answer = await rp.tryExchange(rp.receive(page, pending), { resource: two.audience });
    assert.equal(answer.status, 200, answer.text);
  });

  it('causes the same error pages as a GET request', async () => {
    const rp = await app().relyingParty();
    const { url } = await rp.request({ redirect_uri: 'https://evil.example/cb' });

    const unregistered = await app().browser().postFromElsewhere(endpoint, url.searchParams);
    const empty = await app().browser().postFromElsewhere(endpoint, '');

    assertErrorShown(unregistered, 400);
    assert.ok(unregistered.text.includes('https://evil.example/cb'));
    assertErrorShown(empty, 400);
  });

  it('cannot be sent with other methods; the response lists the allowed ones', async () => {
    for (const path of [endpoint, '/oauth2/logout']) {
      for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const answer = await app().send(app().issuer + path, { method });

        assert.equal(answer.status, 405, `${method} ${path}`);
        assert.equal(answer.headers.get('allow'), 'GET, HEAD, POST');
      }
    }
  });

  it('causes a JSON error response for a client that prefers JSON', async () => {
    const headers = { accept: 'application/json' };

    const answer = await app().send(app().issuer + endpoint, { method: 'DELETE', headers });

    assert.match(answer.headers.get('content-type') ?? '', /json/);
  });
});

describeApp('rate limits of POST /oauth2/authorize', { settings: { RATE_LIMITS: 'on' } }, (app) => {
  it('are stricter for posted requests that have to be stored', async () => {
    const small = new URLSearchParams({ state: 'a' });
    const large = new URLSearchParams(long);
    const statusOf = async (body: URLSearchParams) =>
      (await app().send(app().issuer + endpoint, { method: 'POST', body })).status;

    const statuses: number[] = [];
    for (let turn = 0; turn < 125; turn += 1) statuses.push(await statusOf(large));

    assert.equal(statuses.filter((status) => status === 303).length, 120);
    assert.equal(statuses.at(-1), 429);
    assert.equal(await statusOf(small), 303);
  });
});

function assertErrorShown(page: Page, status: number): void {
  assert.deepEqual([page.left, page.status, page.has('error')], [false, status, true], page.text);
}

async function assertErrorPage(answer: Response, status: number, code: string): Promise<void> {
  const html = await answer.text();
  assert.equal(answer.status, status, html.slice(0, 300));
  assert.match(answer.headers.get('content-type') ?? '', /^text\/html/);
  assert.ok(html.includes(`data-error="${code}"`), html.slice(0, 500));
}
