// A workload whose issuer its client trusts.
import type { WorkloadIssuer } from '#test/support/actors/workload-issuer.ts';
import type { AppFacts } from '#test/support/data/registrations.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** The conditions of the credential. */
export const main = { repository: 'acme/app', ref: 'refs/heads/main' };

export async function createWorkload(nodes: Nodes, issuer: WorkloadIssuer, facts: AppFacts = {}) {
  const api = await nodes.createApi({ scopes: ['deploy', 'read'], accessTokenFormat: 'jwt' });
  const rp = await nodes.relyingParty({
    auth: 'none',
    grant_types: [grantType],
    redirect_uris: [],
    response_types: [],
    resources: [api.audience],
    federated_credentials: [{ issuer: issuer.issuer, claims: main }],
    ...facts,
  });
  const claims = { aud: nodes.issuer, sub: 'repo:acme/app:ref:refs/heads/main', ...main };
  const parameters = { grant_type: grantType, resource: api.audience, scope: 'deploy' };
  return {
    api,
    rp,
    parameters,
    sign: (changed: Record<string, unknown> = {}) => issuer.sign({ ...claims, ...changed }),
    present: (assertion: string) => rp.token({ ...parameters, assertion }),
  };
}
