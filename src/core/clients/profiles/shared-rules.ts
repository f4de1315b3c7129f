// Defaults and rules that several profiles share.
import { listOnly, mustBe } from './profile-rules.ts';

export const minute = 60;
export const day = 24 * 60 * minute;

export const code = {
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
};
export const noRedirect = { redirect_uris: [], response_types: [] };
/** A client that cannot keep a secret. */
export const publicClient = { ...code, token_endpoint_auth_method: 'none', require_pkce: true };

export const refusesImplicit = listOnly('response_types', ['code'], {
  source: 'OAuth 2.1 section 4.1',
  because: 'Tokens in a redirect would be exposed to the browser and to logs.',
});

export const pkceOrNonce = mustBe('require_pkce', [true, false], {
  source: 'RFC 9700 section 2.1.1',
  because: 'Neither PKCE nor a nonce is required: an injected authorization code is not detected.',
});

export const alwaysPkce = (source: string) =>
  mustBe('require_pkce', [true], {
    source,
    because: 'PKCE protects the authorization code against injection and interception.',
  });

export const isLoopback = (uri: URL) => ['127.0.0.1', '[::1]', 'localhost'].includes(uri.hostname);
export const isHttps = (uri: URL) => uri.protocol === 'https:';
/** RFC 8252 §7.1: a scheme in reverse domain order contains a dot. */
export const isPrivateScheme = (uri: URL) => uri.protocol.includes('.');

export const isPublicClient = (source: string) =>
  mustBe('token_endpoint_auth_method', ['none'], {
    source,
    because: 'A secret that is delivered to every user is not a secret.',
  });
