// Access tokens with which this server polls for signals, from the client credentials grant: of the client
// with which users sign in, with the scope of the CAEP Interoperability Profile 1.0.
import type { SignInProvider } from '#config/kinds/sign-in-providers.ts';
import {
  createProviderConnection,
  loadClient,
  type ProviderConnection,
} from '#features/federation/upstream/provider-connection.service.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import { PollFailed } from './poll-request.service.ts';

export interface PollTokenDependencies {
  readonly fetch: OutboundFetch;
  readonly now: () => Date;
}

interface Known {
  readonly connection: ProviderConnection;
  token?: { readonly value: string; readonly until: number };
}

const scope = 'ssf.read';
/** Assumed lifetime of a token if the provider does not state one. */
const assumedSeconds = 60;
/** Remaining lifetime below which a token is replaced: it could expire during a request. */
const reserveSeconds = 60;

export function createPollTokens({ fetch, now }: PollTokenDependencies) {
  /** Keyed by the provider object: a changed provider is a new object. */
  const known = new WeakMap<SignInProvider, Known>();
  const seconds = () => now().getTime() / 1000;

  function of(provider: SignInProvider): Known {
    const connection = () => createProviderConnection({ provider, fetch, now });
    const found = known.get(provider) ?? { connection: connection() };
    known.set(provider, found);
    return found;
  }

  return {
    /** @throws PollFailed, and errors of openid-client */
    async get(provider: SignInProvider): Promise<string> {
      const entry = of(provider);
      if (entry.token && seconds() < entry.token.until) return entry.token.value;
      const client = await loadClient();
      const configuration = await entry.connection.configure();
      const issued = await client.clientCredentialsGrant(configuration, { scope });
      if (issued.token_type.toLowerCase() !== 'bearer') {
        throw new PollFailed('The provider issued a token that is not a bearer token.');
      }
      const lifetime = (issued.expires_in ?? assumedSeconds) - reserveSeconds;
      entry.token = { value: issued.access_token, until: seconds() + lifetime };
      return issued.access_token;
    },
    /** The provider refused the token. */
    forget(provider: SignInProvider): void {
      delete of(provider).token;
    },
  };
}

export type PollTokens = ReturnType<typeof createPollTokens>;
