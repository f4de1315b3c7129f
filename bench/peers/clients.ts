// The clients and users of other products, and what the rounds of a flow need of them.
import { randomBytes } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import { noMaterials, type Flow, type Materials, type TokenKind } from '#bench/load/flow.ts';
import {
  basicAuthorization,
  describeRequests,
  describeTokens,
  issue,
  patiently,
  type Issued,
} from '#bench/load/materials.ts';
import type { Fields } from '#bench/load/requests.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import type { Callback, Pending, Person } from '#test/support/actors/relying-party.ts';
import { createRelyingParty, type RelyingParty } from '#test/support/actors/relying-party.ts';
import type { Send } from '#test/support/actors/http-client.ts';
import type { RegisteredApp } from '#test/support/data/registrations.ts';

/** Clients by the kind of access token that they get; a product with one kind has one client of each. */
export interface PeerClients {
  readonly apps: Readonly<Record<TokenKind, RegisteredApp>>;
  readonly services: Readonly<Record<TokenKind, RegisteredApp>>;
}

/** A client with a new secret, which its product has yet to store. */
export function makeClient(clientId: string): RegisteredApp {
  const clientSecret = randomBytes(24).toString('hex');
  return {
    clientId,
    clientSecret,
    redirectUri: 'https://rp.example/cb',
    metadata: { id_token_signed_response_alg: 'ES256' },
    privateKey: undefined,
    auth: oauth.ClientSecretBasic(clientSecret),
  };
}

export interface PeerUsers {
  readonly people: readonly Person[];
  readonly clients: PeerClients;
  readonly parties: Readonly<Record<TokenKind, RelyingParty>>;
  /** One for each user, with a live session; none if the product has no sessions. */
  readonly browsers: readonly Browser[];
  /** Parameters of every authorization request, in addition to the usual ones. */
  readonly parameters?: Fields;
  /** The path of introspection, if the discovery document does not contain it. */
  readonly introspectionPath?: string;
  /** Completes the authorization request of a user. */
  authorize(party: RelyingParty, pending: Pending, user: number): Promise<Callback>;
}

export async function createParties(
  issuer: string,
  send: Send,
  { apps }: PeerClients,
): Promise<PeerUsers['parties']> {
  return {
    opaque: await createRelyingParty({ issuer, send, app: apps.opaque }),
    jwt: await createRelyingParty({ issuer, send, app: apps.jwt }),
  };
}

/** New tokens for each user if the flow needs them. */
export async function preparePeer(users: PeerUsers, { tokens }: Flow): Promise<Materials> {
  const { people, clients, parties, browsers, parameters = {}, introspectionPath } = users;
  const kind = tokens ?? 'jwt';
  const party = parties[kind];
  const issued: Issued[] = [];
  for (const user of tokens ? people.keys() : []) {
    const authorize = (pending: Pending) => users.authorize(party, pending, user);
    issued.push(await patiently(() => issue(party, authorize, parameters)));
  }
  const requests = await describeRequests(party, browsers, {});
  const { endpoints } = requests;
  return {
    ...noMaterials,
    ...requests,
    endpoints: { ...endpoints, introspection: introspectionPath ?? endpoints.introspection },
    ...describeTokens(issued),
    appAuthorization: basicAuthorization(clients.apps[kind]),
    serviceAuthorization: {
      opaque: basicAuthorization(clients.services.opaque),
      jwt: basicAuthorization(clients.services.jwt),
    },
    people,
  };
}
