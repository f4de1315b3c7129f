// Authenticates a client by its secret or an assertion, or a public client by its id, and checks its DPoP
// proof if there is one. The secret is compared by the method of the client (patches/client-secrets.ts).
// Whatever oidc-provider could refuse is not decided here: it answers such a request itself.
import type { Client, Provider } from 'oidc-provider';
import { readBasicCredentials } from '#platform/request/basic-credentials.ts';
import type { Form } from '#oidc/fast-path/form.ts';
import { establish } from '#oidc/patches/handlers/direct-context.ts';
import { createClientAssertions, type ClientAssertionDependencies } from './client-assertions.ts';
import type { DpopProofs } from './dpop-proofs.ts';
import type { DirectRequest } from '#oidc/fast-path/direct/direct-request.ts';
import type { Authenticated, Caller } from './caller.ts';

interface Credentials {
  readonly clientId: string;
  /** Absent for a public client. */
  readonly secret?: string | undefined;
}

const secretMethods: readonly unknown[] = ['client_secret_basic', 'client_secret_post'];
const usualBasic = /^basic (?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/i;

export interface ClientAuthenticationDependencies extends ClientAssertionDependencies {
  readonly prove: DpopProofs;
}

export function createClientAuthentication(dependencies: ClientAuthenticationDependencies) {
  const { provider, prove } = dependencies;
  const identifyBySecret = createSecretComparison(provider);
  const identifyByAssertion = createClientAssertions(dependencies);

  async function identify(request: DirectRequest): Promise<Authenticated | undefined> {
    if (request.form['client_assertion'] !== undefined) return identifyByAssertion(request);
    const client = await identifyBySecret(request);
    return client && { client, confirm };
  }

  /** Who sent the request; `undefined` if oidc-provider must decide. */
  return async (request: DirectRequest): Promise<Caller | undefined> => {
    const authenticated = await identify(request);
    if (!authenticated) return undefined;
    const { client } = authenticated;
    establish(request.ctx, { client });
    const proof = await prove(request, client);
    return proof === null ? undefined : { ...authenticated, proof };
  };
}

export type ClientAuthentication = ReturnType<typeof createClientAuthentication>;

/** A secret, unlike an assertion, can be used again. */
const confirm = async (): Promise<boolean> => true;

function createSecretComparison(provider: Provider) {
  return async ({ authorization, form }: DirectRequest): Promise<Client | undefined> => {
    const credentials = readCredentials(authorization, form);
    const client = credentials && (await provider.Client.find(credentials.clientId));
    if (!client) return undefined;
    const { secret } = credentials;
    if (secret === undefined) return client.clientAuthMethod === 'none' ? client : undefined;
    // Our secrets have no expiry in the metadata; only a previous secret expires (adapters/client-adapter.ts).
    const hasSecret = secretMethods.includes(client.clientAuthMethod);
    if (!hasSecret || client.clientSecretExpiresAt) return undefined;
    return (await client.compareClientSecret(secret)) ? client : undefined;
  };
}

/** `undefined` unless the request uses exactly one mechanism, which every parser reads in the same way. */
function readCredentials(authorization: string | undefined, form: Form): Credentials | undefined {
  const { client_id: clientId, client_secret: secret } = form;
  if (authorization === undefined) return clientId === undefined ? undefined : { clientId, secret };
  const credentials = secret === undefined ? readBasic(authorization) : undefined;
  const isSame = clientId === undefined || credentials?.clientId === clientId;
  return isSame ? credentials : undefined;
}

/** Credentials in the usual spelling, which oidc-provider and the middleware read in the same way. */
function readBasic(header: string): Credentials | undefined {
  const found = usualBasic.test(header) ? readBasicCredentials(header) : undefined;
  return found && { clientId: found.id, secret: found.secret };
}
