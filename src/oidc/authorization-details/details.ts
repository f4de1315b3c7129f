// Rich authorization requests (RFC 9396): which details a client may request, and which of the allowed ones a
// token contains. Types belong to the API that a request names as its `resource`.
import {
  errors,
  type AccessToken,
  type AuthorizationDetail,
  type ClientCredentials,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import {
  createDetailChecks,
  type DetailChecks,
} from '#core/clients/authorization-details/detail-schemas.ts';
import type { DetailType } from '#core/clients/authorization-details/detail-types.ts';
import type { ApiResource } from '#core/clients/clients.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import { canonicalDetail, readDetails } from '#core/consents/authorization-details.ts';

/** Maximum number of details in one request, and of characters. */
const maxDetails = 20;
const maxLength = 10_000;

type Detail = AuthorizationDetail;

interface Source {
  readonly rar?: readonly Detail[] | undefined;
}

export function createAuthorizationDetails({ clients }: { readonly clients: Clients }) {
  const checks = createDetailChecks();

  async function typesOf(audience: unknown): Promise<readonly DetailType[]> {
    const resource =
      typeof audience === 'string' ? await clients.findResource(audience) : undefined;
    return resource?.detailTypes ?? [];
  }

  /** The details whose types the API of the token defines. */
  async function ofAudience(details: readonly Detail[], audience: unknown) {
    const names = (await typesOf(audience)).map(({ type }) => type);
    return details.filter(({ type }) => names.includes(type));
  }

  return {
    /** @throws errors.InvalidAuthorizationDetails */
    async validate(
      { oidc }: KoaContextWithOIDC,
      detail: Detail,
      client: { readonly clientId: string },
    ): Promise<void> {
      const { resource, authorization_details: text } = oidc.params ?? {};
      if (String(text).length > maxLength || readDetails(text).length > maxDetails) {
        throw invalid('too many authorization details');
      }
      const registered = await clients.find(client.clientId);
      if (!mayRequest(registered?.metadata['authorization_details_types'], detail.type)) {
        throw invalid('the client may not request this type of authorization details');
      }
      const found = await Promise.all(
        audiencesOf(resource).map((each) => clients.findResource(each)),
      );
      await assertValid(
        detail,
        found.filter((each) => each !== undefined),
        checks,
      );
    },
    /** For a code: the details that this request names and that the user or an operator allowed. */
    async forGrantSource({ oidc }: KoaContextWithOIDC): Promise<Detail[]> {
      const granted = new Set((oidc.entities.Grant?.rar ?? []).map(canonicalDetail));
      const requested = readDetails(oidc.params?.['authorization_details']);
      return requested.filter((detail) => granted.has(canonicalDetail(detail)));
    },
    /** A token request may name a subset of the details of the code or refresh token. */
    async forAccessToken(
      { oidc }: KoaContextWithOIDC,
      token: AccessToken | ClientCredentials,
      source: Source | undefined,
    ): Promise<Detail[]> {
      const requested = readDetails(oidc.params?.['authorization_details']);
      if (source === undefined && token.kind === 'AccessToken') return [];
      const held = source === undefined ? requested : (source.rar ?? []);
      const known = new Set(held.map(canonicalDetail));
      if (!requested.every((detail) => known.has(canonicalDetail(detail)))) {
        throw invalid('the requested authorization details were not allowed');
      }
      return ofAudience(requested.length > 0 ? requested : held, token.aud);
    },
    /** Types that the API no longer defines are omitted. */
    async forIntrospection(
      _ctx: KoaContextWithOIDC,
      token: { readonly aud?: unknown; readonly rar?: readonly Detail[] | undefined },
    ): Promise<Detail[]> {
      return ofAudience(token.rar ?? [], token.aud);
    },
  };
}

export type AuthorizationDetails = ReturnType<typeof createAuthorizationDetails>;

/** The registration of a client must list the types that it requests. */
function mayRequest(registered: unknown, type: string): boolean {
  return Array.isArray(registered) && registered.includes(type);
}

async function assertValid(
  detail: Detail,
  resources: readonly ApiResource[],
  checks: DetailChecks,
): Promise<void> {
  const defined = resources
    .flatMap(({ detailTypes = [] }) => detailTypes)
    .find(({ type }) => type === detail.type);
  if (!defined) {
    throw invalid('the requested resource has no such type of authorization details');
  }
  const locations: readonly unknown[] = Array.isArray(detail['locations'])
    ? detail['locations']
    : [];
  const audiences: readonly unknown[] = resources.map(({ audience }) => audience);
  if (!locations.every((each) => audiences.includes(each))) {
    throw invalid('locations must be requested as resource');
  }
  const check = await checks(defined.schema);
  const fault = check(detail);
  if (fault !== undefined) throw invalid(`the authorization details are invalid: ${fault}`);
}

function audiencesOf(resource: unknown): readonly string[] {
  return [resource].flat().filter((each) => typeof each === 'string');
}

function invalid(description: string): Error {
  return new errors.InvalidAuthorizationDetails(description);
}
