// Patch: every ID token contains `sid`, so that a client can name the session in a logout request. Access
// tokens do not: an API learns the user of a token, but not the session.
import type Provider from 'oidc-provider';

export function moveSessionIds(provider: Provider): void {
  provider.Client.prototype.includeSid = () => true;
  Object.defineProperty(provider.AccessToken.prototype, 'sid', { get: () => undefined, set() {} });
}
