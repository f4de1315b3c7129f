// A client that uses the certified library openid-client, and whose requests go to the nodes in
// turns.
import * as client from 'openid-client';
import type { Nodes } from '#test/support/faults/nodes.ts';
import type { RegisteredApp } from '#test/support/data/registrations.ts';
import { transport } from './relying-party-types.ts';

type NodesOfIssuer = Pick<Nodes, 'issuer' | 'at'>;

function fetchFrom(nodes: NodesOfIssuer): client.CustomFetch {
  let turn = 0;
  const options = transport((url, request) => {
    turn += 1;
    return nodes.at(turn).send(url, request);
  });
  return options[client.customFetch];
}

export async function configureOpenidClient(nodes: NodesOfIssuer, app: RegisteredApp) {
  const { clientId, clientSecret, metadata, privateKey } = app;
  const secret = clientSecret === '' ? client.None() : client.ClientSecretBasic(clientSecret);
  const authentication = privateKey ? client.PrivateKeyJwt(privateKey) : secret;
  const options = { [client.customFetch]: fetchFrom(nodes) };
  // RFC 7591 metadata, which the registration has validated.
  const registered = metadata as Partial<client.ClientMetadata>;
  return client.discovery(new URL(nodes.issuer), clientId, registered, authentication, options);
}

/** The parameters of an authorization request with PKCE, state and nonce, and their checks. */
export async function anAuthorizationRequest(app: RegisteredApp, scope = 'openid') {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
  const parameters = {
    redirect_uri: app.redirectUri,
    scope,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
  };
  return { parameters, checks: { pkceCodeVerifier, expectedState, expectedNonce } };
}
