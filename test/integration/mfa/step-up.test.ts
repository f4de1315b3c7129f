// Step-up authentication (RFC 9470) from the challenge of an API to the token that it accepts.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { createResourceServer } from '#resource-server/resource-server.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import type { Person, RelyingParty } from '#test/support/actors/relying-party.ts';
import { createCaller } from '#test/support/actors/api-client.ts';
import { holdClock } from '#test/support/clock.ts';
import { offline } from '#test/support/data/outcomes.ts';
import { codeOf, setUpCodes } from '#test/support/steps/totp.ts';

const twoFactor = 'urn:ostiary:acr:two-factor';
const password = 'urn:ostiary:acr:password';
const settings = { API_SECOND_FACTOR: 'required' };

describeApp('access token for an API (RFC 9470 §6)', {}, (app) => {
  it('states acr and auth_time, as a JWT and at introspection', async () => {
    const jwt = await app().createApi({ accessTokenFormat: 'jwt' });
    const opaque = await app().createApi();
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const scope = 'openid read';

    const first = await rp.login(person, { resource: jwt.audience, scope });
    const second = await rp.login(person, { resource: opaque.audience, scope });

    const time = Number(first.claims['auth_time']);
    const { acr, auth_time } = decodeJwt(first.accessToken);
    assert.deepEqual([acr, auth_time], [password, time]);
    const { body: ofJwt } = await rp.introspect(first.accessToken);
    const { body: ofOpaque } = await rp.introspect(second.accessToken);
    assert.deepEqual([ofJwt['acr'], ofJwt['auth_time']], [password, time]);
    assert.deepEqual(
      [ofOpaque['acr'], ofOpaque['auth_time']],
      [password, second.claims['auth_time']],
    );
  });

  it('keeps both at a refresh, which is no sign-in', async () => {
    const api = await app().createApi({ accessTokenFormat: 'jwt' });
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), {
      ...offline,
      resource: api.audience,
      scope: 'openid read offline_access',
    });

    const { accessToken } = await rp.refresh(login.refreshToken);

    const { acr, auth_time } = decodeJwt(accessToken);
    assert.deepEqual([acr, auth_time], [password, login.claims['auth_time']]);
  });

  it('has a later auth_time after max_age has forced a sign-in', async () => {
    const api = await app().createApi({ accessTokenFormat: 'jwt' });
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const parameters = { resource: api.audience, scope: 'openid read' };
    const { browser, accessToken } = await rp.login(person, parameters);

    const again = await rp.login(person, { ...parameters, max_age: '0' }, browser);

    const times = [accessToken, again.accessToken].map((token) =>
      Number(decodeJwt(token)['auth_time']),
    );
    assert.ok((times[1] ?? 0) >= (times[0] ?? Infinity), String(times));
  });
});

describeApp('API with the package for resource servers (RFC 9470 §3)', {}, (app) => {
  it('challenges a token with a low acr, and accepts the one after the second factor', async (t) => {
    const clock = holdClock(t);
    const { audience } = await app().createApi({ accessTokenFormat: 'jwt' });
    const { issuer } = app();
    const api = createResourceServer({ issuer, audience, now: () => new Date(), fetch });
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const parameters = { resource: audience, scope: 'openid read' };
    const verify = (token: string) => {
      const headers = { authorization: `Bearer ${token}` };
      return api.verify(new Request(`${audience}orders`, { headers }), { acrValues: [twoFactor] });
    };
    const login = await rp.login(person, parameters);

    const refused = await verify(login.accessToken);
    const { secret } = await setUpCodes(login.browser, person);
    clock.advance(60);
    assert.ok(refused instanceof Response);
    const challenge = refused.headers.get('www-authenticate') ?? '';
    const { browser } = login;
    const tokens = await stepUp({ rp, person, secret, browser, parameters }, challenge);
    const accepted = await verify(tokens.accessToken);

    assert.equal(refused.status, 401);
    assert.match(challenge, /^Bearer error="insufficient_user_authentication"/);
    assert.ok(!(accepted instanceof Response));
    assert.deepEqual([accepted.acr, accepted.subject], [twoFactor, person.id]);
    // The token of the first sign-in is not raised by the second one.
    assert.ok((await verify(login.accessToken)) instanceof Response);
  });
});

describeApp('management API with API_SECOND_FACTOR=required', { settings }, (app) => {
  it('challenges a token with a low acr, and accepts the one after the second factor', async (t) => {
    const clock = holdClock(t);
    const { rp, person, resource } = await anAdministrator(app());
    const parameters = { resource, scope: 'openid users:read' };
    const login = await rp.login(person, parameters);
    const refused = await call(app(), login);

    const challenge = refused.headers.get('www-authenticate') ?? '';
    assert.deepEqual(
      [refused.status, refused.body['code']],
      [401, 'insufficient_user_authentication'],
      refused.text,
    );
    assert.match(challenge, /^Bearer .*error="insufficient_user_authentication"/);
    const { secret } = await setUpCodes(login.browser, person);
    clock.advance(60);

    const tokens = await stepUp(
      { rp, person, secret, browser: login.browser, parameters },
      challenge,
    );

    assert.equal(tokens.claims['acr'], twoFactor);
    const accepted = await call(app(), tokens);
    assert.equal(accepted.status, 200, accepted.text);
  });

  it('does not apply to clients with a token of their own', async () => {
    const { resource } = await anAdministrator(app());
    const rp = await app().relyingParty({
      auth: 'client_secret_basic',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      scope: 'users:read',
    });

    const tokens = await rp.clientCredentials({ resource, scope: 'users:read' });

    assert.equal((await call(app(), tokens)).status, 200);
  });
});

interface SteppingUp {
  readonly rp: RelyingParty;
  readonly person: Person;
  readonly secret: string;
  readonly browser: Browser;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The client does what the challenge of the API says (RFC 9470 §3). */
async function stepUp(
  { rp, person, secret, browser, parameters }: SteppingUp,
  challenge: string,
): ReturnType<RelyingParty['exchange']> {
  const [, acrValues = ''] = /acr_values="([^"]+)"/.exec(challenge) ?? [];
  const request = await rp.request({ ...parameters, acr_values: acrValues });
  const page = await browser.open(request.url);
  const login = { login: person.email, password: person.password };
  const signedIn = page.has('sign-in') ? await page.press('sign-in', login) : page;
  const step = signedIn.left ? signedIn : await signedIn.press('verify', { code: codeOf(secret) });
  const last = step.has('allow') ? await step.press('allow') : step;
  return rp.exchange(rp.receive(last, request));
}

async function anAdministrator(app: TestApp) {
  const rp = await app.relyingParty({ scope: 'openid users:read' });
  const person = await app.createUser();
  await app.services.roles.grant(person.id, 'admin', new Date());
  return { rp, person, resource: `${app.issuer}/auth/api` };
}

const call = (app: TestApp, { accessToken }: { readonly accessToken: string }) =>
  createCaller(app, accessToken).get('users');
