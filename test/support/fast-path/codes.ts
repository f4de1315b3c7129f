// Authorization codes in every state in which their exchange fails, so that it can be repeated.
import { randomBytes } from 'node:crypto';
import type { Callback } from '#test/support/actors/relying-party.ts';
import type { TestApp } from '#test/support/app.ts';
import { offline } from '#test/support/data/outcomes.ts';
import type { RegisteredApp } from '#test/support/data/registrations.ts';

/** The parameters of a token request. */
type Exchange = Readonly<Record<'code' | 'redirect_uri' | 'code_verifier', string>>;

const otherVerifier = randomBytes(32).toString('base64url');
const wrong = { code_verifier: otherVerifier };

interface Owners {
  readonly web: RegisteredApp;
  readonly publicApp: RegisteredApp;
}

export async function createCodes(app: TestApp, clients: Owners) {
  const ann = await app.createUser();
  const bob = await app.createUser();
  const web = await app.relyingPartyOf(clients.web);
  const publicRp = await app.relyingPartyOf(clients.publicApp);
  const usual = exchangeOf(await web.authorize(ann, offline));
  const used = await web.login(ann, offline);
  await web.tryExchange(used.callback);
  const ofBlockedUser = exchangeOf(await web.authorize(bob, offline));
  await app.block(bob.id);
  return {
    wrongVerifier: { ...usual, ...wrong },
    withoutVerifier: { code: usual.code, redirect_uri: usual.redirect_uri },
    invalidVerifier: { ...usual, code_verifier: 'a verifier' },
    otherRedirect: { ...usual, redirect_uri: `${usual.redirect_uri}?a=b` },
    withoutRedirect: { code: usual.code, code_verifier: usual.code_verifier },
    withoutCode: { redirect_uri: usual.redirect_uri, code_verifier: usual.code_verifier },
    truncated: { ...usual, code: usual.code.slice(0, -1) },
    unknown: { ...usual, code: randomBytes(32).toString('base64url') },
    text: { ...usual, code: 'a code?' },
    used: exchangeOf(used.callback),
    ofBlockedUser: { ...ofBlockedUser, ...wrong },
    ofPublicApp: { ...exchangeOf(await publicRp.authorize(ann, offline)), ...wrong },
    expired: await expire(app, exchangeOf(await web.authorize(ann, offline))),
  };
}

function exchangeOf({ code, redirectUri, verifier }: Callback): Exchange {
  return { code, redirect_uri: redirectUri, code_verifier: verifier };
}

async function expire({ services }: TestApp, exchange: Exchange): Promise<Exchange> {
  const { shortLived } = services;
  const stored = await shortLived.get('AuthorizationCode', exchange.code);
  const exp = Math.floor(Date.now() / 1000) - 1;
  await shortLived.put('AuthorizationCode', exchange.code, { ...stored, exp }, 300);
  return exchange;
}
