// Introspects tokens at the provider (RFC 7662), and caches a response, by default for a second.
import { SignJWT } from 'jose';
import { createBoundedMap } from '../provider/bounded-map.ts';
import { sha256 } from '../binding/hashing.ts';
import { readJson, type HttpClient } from '../provider/http-client.ts';
import type { ProviderMetadata } from '../provider/provider-metadata.ts';
import { Refusal } from '../request/refusal.ts';
import type { IntrospectionOptions } from '../types.ts';

export interface IntrospectionDependencies {
  readonly issuer: string;
  readonly audience: string;
  readonly options: IntrospectionOptions;
  readonly http: HttpClient;
  readonly providerMetadata: () => Promise<ProviderMetadata>;
  readonly now: () => Date;
}

export type Claims = Readonly<Record<string, unknown>>;

interface Answer {
  readonly claims: Promise<Claims>;
  readonly usableUntil: number;
}

const assertionSeconds = 60;

export function createIntrospection(dependencies: IntrospectionDependencies) {
  const { options, now } = dependencies;
  assertCredential(options);
  const cacheMs = (options.cacheSeconds ?? 1) * 1000;
  const answers = createBoundedMap<Answer>(options.cacheEntries ?? 10_000);

  /** @throws Refusal `invalid_token`, also if the token is for another API */
  return async (token: string): Promise<Claims> => {
    const key = await sha256(token);
    const known = answers.get(key);
    const at = now().getTime();
    const isUsable = known && at < known.usableUntil;
    const claims = isUsable ? known.claims : ask(dependencies, token);
    if (!isUsable && cacheMs > 0) {
      answers.set(key, { claims, usableUntil: at + cacheMs });
      claims.catch(() => answers.delete(key));
    }
    return assertUsable(dependencies, await claims);
  };
}

function assertCredential({ clientSecret, privateKey }: IntrospectionOptions): void {
  if ((clientSecret === undefined) === (privateKey === undefined)) {
    throw new TypeError('introspection needs either clientSecret or privateKey');
  }
}

async function ask(dependencies: IntrospectionDependencies, token: string): Promise<Claims> {
  const { introspectionEndpoint: url } = await dependencies.providerMetadata();
  if (url === undefined) {
    throw new Refusal('temporarily_unavailable', 'The provider has no introspection endpoint');
  }
  const { headers, parameters } = await authenticate(dependencies);
  const response = await dependencies.http(url, {
    method: 'POST',
    headers: { accept: 'application/json', ...headers },
    body: new URLSearchParams({ token, token_type_hint: 'access_token', ...parameters }),
  });
  return readJson(url, response);
}

/** RFC 6749 §2.3.1 and RFC 7523 §2.2. */
async function authenticate({ issuer, options, now }: IntrospectionDependencies) {
  const { clientId, clientSecret, privateKey } = options;
  if (!privateKey) {
    const pair = `${formEncode(clientId)}:${formEncode(clientSecret ?? '')}`;
    return { headers: { authorization: `Basic ${btoa(pair)}` }, parameters: {} };
  }
  const { key, alg, kid } = privateKey;
  const issuedAt = Math.floor(now().getTime() / 1000);
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setJti(crypto.randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + assertionSeconds)
    .sign(key);
  const parameters = {
    client_id: clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  };
  return { headers: {}, parameters };
}

function formEncode(value: string): string {
  return new URLSearchParams({ '': value }).toString().slice(1);
}

function assertUsable(
  { issuer, audience, now }: IntrospectionDependencies,
  claims: Claims,
): Claims {
  const { active, iss, aud, exp } = claims;
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const isOurs = (iss === undefined || iss === issuer) && audiences.includes(audience);
  const isValid = active === true && isOurs && typeof exp === 'number';
  if (isValid && exp * 1000 > now().getTime()) return claims;
  throw new Refusal('invalid_token', 'The token is not active, or it is for another API');
}
