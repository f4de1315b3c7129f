// The `state` parameter of an authorization request to an identity provider: the token of the request
// with a signature that binds it to the provider, so that the response of another provider is
// refused before any lookup.
import { createHmac } from 'node:crypto';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { equalBytes } from '#platform/crypto/hashing.ts';

const wellFormedState = /^([\w-]{43})\.([\w-]{43})$/;

export function createUpstreamStates(keyring: Keyring) {
  const keys = keyring.derive('provider state');

  return {
    seal(token: string, providerId: string): string {
      const [key] = keys;
      if (!key) throw new TypeError('the keyring is empty');
      return `${token}.${sign(key, token, providerId)}`;
    },
    /** Returns the token, or `undefined` if the state has no valid signature for this provider. */
    open(state: string, providerId: string): string | undefined {
      const [, token = '', mac = ''] = wellFormedState.exec(state) ?? [];
      return keys.some((key) => equalBytes(mac, sign(key, token, providerId))) ? token : undefined;
    },
  };
}

function sign(key: Buffer, token: string, providerId: string): string {
  return createHmac('sha256', key).update(`${providerId}\n${token}`).digest('base64url');
}
