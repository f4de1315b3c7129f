// A front end, the API behind it, and the service that this API calls in the name of the user.
import type { ApiResource } from '#core/clients/clients.ts';
import type { AppFacts } from '#test/support/data/registrations.ts';
import type {
  Answer,
  Parameters,
  Person,
  RelyingParty,
} from '#test/support/actors/relying-party.ts';

export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

/** What the test application and the nodes have in common. */
interface Deployment {
  createUser(): Promise<Person>;
  createApi(facts?: Partial<ApiResource>): Promise<ApiResource>;
  relyingParty(facts?: AppFacts): Promise<RelyingParty>;
}

export interface Chain {
  readonly person: Person;
  /** The API that the front end calls, and the one that this API calls. */
  readonly orders: ApiResource;
  readonly invoices: ApiResource;
  readonly frontEnd: RelyingParty;
  /** The client of the first API, which exchanges tokens. */
  readonly service: RelyingParty;
  /** The client of the second API. */
  readonly backEnd: RelyingParty;
}

const scopes = ['read', 'write'];

/** @param facts of the client that exchanges tokens */
export async function createChain(
  deployment: Deployment,
  facts: AppFacts = {},
  front: AppFacts = {},
): Promise<Chain> {
  const orders = await deployment.createApi({ scopes });
  const invoices = await deployment.createApi({ scopes: [...scopes, 'delete'] });
  return {
    person: await deployment.createUser(),
    orders,
    invoices,
    frontEnd: await deployment.relyingParty(front),
    service: await deployment.relyingParty(exchanger(orders, [invoices], facts)),
    backEnd: await deployment.relyingParty(exchanger(invoices, [orders], {})),
  };
}

/** The metadata of a client that serves one API and exchanges tokens for others. */
export function exchanger(
  served: ApiResource,
  targets: readonly ApiResource[],
  facts: AppFacts,
): AppFacts {
  return {
    auth: 'client_secret_basic',
    grant_types: ['client_credentials', exchangeGrant],
    redirect_uris: [],
    response_types: [],
    resources: [served.audience],
    token_exchange_audiences: targets.map(({ audience }) => audience),
    ...facts,
  };
}

/** Metadata of a client that exchanges tokens, and knows users by the identifiers of a sector. */
export const pairwiseAt = (host: string) => ({
  subject_type: 'pairwise',
  redirect_uris: [`https://${host}/cb`],
  response_types: ['code'],
  grant_types: ['authorization_code', 'client_credentials', exchangeGrant],
});

/** The user signs in at the front end, which then has a token for the first API. */
export async function signIn(
  { frontEnd, person, orders }: Chain,
  { scope = 'openid read', ...parameters }: Parameters = {},
) {
  return frontEnd.login(person, { resource: orders.audience, scope, ...parameters });
}

/** A token exchange with the client itself as the actor. */
export async function exchange(
  service: RelyingParty,
  subjectToken: string,
  parameters: Parameters = {},
): Promise<Answer> {
  const { accessToken } = await service.clientCredentials();
  return service.token({
    grant_type: exchangeGrant,
    subject_token: subjectToken,
    subject_token_type: accessTokenType,
    actor_token: accessToken,
    actor_token_type: accessTokenType,
    ...parameters,
  });
}
