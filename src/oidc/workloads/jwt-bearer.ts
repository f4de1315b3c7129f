// JWT bearer grant (RFC 7523 §2.1) for workloads: a client without a secret presents a JWT that a trusted
// issuer, such as GitHub Actions or Kubernetes, signed for it, and receives an access token of its own, as
// from the client credentials grant. It never acts as a user.
import {
  errors,
  type ClientCredentials,
  type Provider,
  type TokenEndpointGrantContext,
} from 'oidc-provider';
import {
  buildTokenResponse,
  resolveRequestedResources,
  validateClientScope,
} from '#oidc/patches/grants/grant-helpers.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import { splitScope } from '#core/clients/scopes.ts';
import { bindToKey, readBinding } from '#oidc/token-exchange/token-binding.ts';
import type { Log } from '#platform/logging/log.ts';
import type { AcceptedAssertion, AssertionVerifier } from './assertion-check.ts';
import { jwtBearerGrant } from './federated-credentials.ts';

export interface JwtBearerDependencies {
  readonly provider: Provider;
  readonly clients: Clients;
  readonly verifyAssertion: AssertionVerifier;
  readonly audit: Audit;
  readonly log: Log;
}

type Context = TokenEndpointGrantContext<{ readonly assertion?: unknown }>;

export function registerJwtBearer(dependencies: JwtBearerDependencies): void {
  const { provider } = dependencies;

  async function handle(ctx: Context): Promise<void> {
    await readBinding(provider, ctx);
    const accepted = await authenticate(dependencies, ctx);
    const token = await createToken(provider, ctx, accepted);
    await bindToKey(provider, ctx, token);
    ctx.oidc.entity('ClientCredentials', token);
    const accessToken = await token.save();
    await record(dependencies, ctx, accepted);
    ctx.body = buildTokenResponse(provider, {
      accessToken,
      tokenType: token.tokenType,
      expiresIn: token.expiration,
      scope: token.scope,
    });
  }

  provider.registerGrantType(
    jwtBearerGrant,
    handle,
    ['assertion', 'resource', 'scope'],
    'resource',
  );
}

/** @throws errors.InvalidGrant, with the same description for every reason except a replay */
async function authenticate(
  { clients, verifyAssertion, log }: JwtBearerDependencies,
  { oidc }: Context,
): Promise<AcceptedAssertion> {
  const { assertion } = oidc.params;
  const client = await clients.find(oidc.client.clientId);
  if (typeof assertion !== 'string' || assertion === '') {
    throw new errors.InvalidRequest('assertion is missing');
  }
  if (!client) throw new errors.InvalidClient('client is invalid');
  const outcome = await verifyAssertion(assertion, client);
  if (outcome.ok) return outcome;
  if (outcome.reason === 'unavailable') {
    const { clientId } = client;
    const event = { event: 'workload.issuer_unavailable', clientId, err: outcome.cause };
    log.warn(event, 'the keys of a trusted issuer cannot be fetched');
  }
  throw new errors.InvalidGrant(
    outcome.reason === 'replayed' ? 'the assertion was already used' : 'the assertion is invalid',
  );
}

/** A token for one API, as from the client credentials grant. @throws errors.InvalidTarget */
async function createToken(
  provider: Provider,
  ctx: Context,
  { credential }: AcceptedAssertion,
): Promise<ClientCredentials> {
  const [server, ...others] = await resolveRequestedResources(provider, ctx);
  if (others.length > 0) throw new errors.InvalidTarget('only one resource may be requested');
  const requested = [...validateClientScope(provider, ctx)];
  const limit = credential.scope === undefined ? undefined : splitScope(credential.scope);
  const available = splitScope(server?.scope);
  const granted = requested.filter(
    (scope) => available.includes(scope) && (limit === undefined || limit.includes(scope)),
  );
  const token = new provider.ClientCredentials({
    client: ctx.oidc.client,
    scope: granted.join(' '),
  });
  if (server) token.resourceServer = server;
  return token;
}

async function record(
  { audit }: JwtBearerDependencies,
  { oidc }: Context,
  { credential, claims }: AcceptedAssertion,
): Promise<void> {
  const { clientId } = oidc.client;
  await audit.append({
    event: 'workload.authenticated',
    actor: { kind: 'client', id: clientId },
    clientId,
    details: { issuer: credential.issuer, subject: claims.sub, jti: claims.jti },
  });
}
