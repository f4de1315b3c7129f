// Client authentication at the token endpoint of a provider, with a client secret or with a private
// key (private_key_jwt, OIDC Core §9).
import type { ClientAuth } from 'openid-client';
import type { SignInProvider } from '#config/kinds/sign-in-providers.ts';

export async function authenticationOf({ credential }: SignInProvider): Promise<ClientAuth> {
  const client = await import('openid-client');
  if (credential.kind === 'key') {
    const key = cryptoKeyOf(credential.key);
    return client.PrivateKeyJwt(credential.kid === undefined ? key : { key, kid: credential.kid });
  }
  const basic = client.ClientSecretBasic(credential.secret);
  const post = client.ClientSecretPost(credential.secret);
  // client_secret_basic is the default if the metadata names no method (OIDC Discovery §3).
  const choose: ClientAuth = (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (methods.includes('client_secret_basic') ? basic : post)(server, ...rest);
  };
  return choose;
}

/** The algorithm is derived from the key: RS256 for RSA, which every provider supports. */
function cryptoKeyOf(key: Extract<SignInProvider['credential'], { kind: 'key' }>['key']) {
  const algorithms = {
    rsa: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    ec: { name: 'ECDSA', namedCurve: 'P-256' },
    ed25519: { name: 'Ed25519' },
  };
  const type = key.asymmetricKeyType;
  const algorithm = algorithms[type === 'ec' || type === 'ed25519' ? type : 'rsa'];
  return key.toCryptoKey(algorithm, false, ['sign']);
}
