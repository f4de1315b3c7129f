// The provider's metadata (OpenID Connect Discovery, RFC 8414), read when first needed.
import { readJson, type HttpClient } from './http-client.ts';
import { Refusal } from '../request/refusal.ts';

export interface ProviderMetadata {
  readonly jwksUri: string;
  readonly introspectionEndpoint: string | undefined;
}

export interface ProviderMetadataDependencies {
  readonly issuer: string;
  readonly http: HttpClient;
  readonly now: () => Date;
}

const lifetimeMs = 60 * 60 * 1000;
/** A provider that does not respond is not asked again for each request. */
const retryMs = 1000;

export function createProviderMetadata(dependencies: ProviderMetadataDependencies) {
  const { now } = dependencies;
  let pending: Promise<ProviderMetadata> | undefined;
  let freshUntil = 0;

  return (): Promise<ProviderMetadata> => {
    if (pending && now().getTime() < freshUntil) return pending;
    freshUntil = Number.POSITIVE_INFINITY;
    const loading = load(dependencies);
    pending = loading;
    loading.then(
      () => (freshUntil = now().getTime() + lifetimeMs),
      () => (freshUntil = now().getTime() + retryMs),
    );
    return loading;
  };
}

async function load({ issuer, http }: ProviderMetadataDependencies): Promise<ProviderMetadata> {
  const [openid, oauth] = metadataUrls(issuer);
  const first = await http(openid);
  const [url, response] = first.status === 404 ? [oauth, await http(oauth)] : [openid, first];
  const document = readJson(url, response);
  const { issuer: named, jwks_uri: jwksUri, introspection_endpoint: endpoint } = document;
  if (named !== issuer || typeof jwksUri !== 'string') {
    throw new Refusal('temporarily_unavailable', `${url} does not describe ${issuer}`);
  }
  assertSecure(jwksUri, 'jwks_uri');
  if (typeof endpoint === 'string') assertSecure(endpoint, 'introspection_endpoint');
  return {
    jwksUri,
    introspectionEndpoint: typeof endpoint === 'string' ? endpoint : undefined,
  };
}

function metadataUrls(issuer: string): readonly [openid: string, oauth: string] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}

/** Keys and secrets are sent over TLS, or within the machine only. */
export function assertSecure(url: string, name: string): void {
  const { protocol, hostname } = new URL(url);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (protocol === 'https:' || (protocol === 'http:' && isLocal)) return;
  throw new TypeError(`${name} must be an https URL: ${url}`);
}
