// What tokens are issued from: the record of a code or a refresh token with its user, its grant and its
// API. Each is found by the hooks and adapters that oidc-provider calls. A record that oidc-provider could
// refuse, or that does not decide alone what it permits, is left to oidc-provider.
import type {
  AccessToken,
  Adapter,
  AdapterPayload,
  Client,
  Provider,
  ResourceServer,
} from 'oidc-provider';
import { nativeSsoMember } from '#core/clients/client-policies.ts';
import type { ProviderHooks } from '#oidc/provider-hooks.ts';
import type { ImpersonationLimits } from '#oidc/sessions/impersonation.ts';
import {
  isBindingKnown,
  type Caller,
  type ProvenClient,
} from '#oidc/fast-path/authentication/caller.ts';
import type { DirectRequest } from './direct-request.ts';
import type { Model, PresentedTokens } from './presented-tokens.ts';
import type { Source } from './user-tokens.ts';

export interface SourceDependencies {
  readonly provider: Provider;
  readonly tokens: Pick<PresentedTokens, 'isUsable'>;
  readonly hooks: Pick<ProviderHooks, 'findAccount' | 'getResourceServerInfo'>;
  readonly impersonation: Pick<ImpersonationLimits, 'isActive'>;
}

/** The record that a client presents, and what the client asks for. */
interface Presented extends ProvenClient {
  readonly record: AdapterPayload;
  readonly scopes: readonly string[];
  readonly gty: string | undefined;
}

/** True if it is known how the client's tokens are bound, and they are issued without a device secret. */
export const hasPlainTokens = (caller: Caller): boolean =>
  isBindingKnown(caller) && caller.client[nativeSsoMember] === undefined;

export function createSourceReading(dependencies: SourceDependencies) {
  const { provider, tokens, hooks, impersonation } = dependencies;
  const { adapter: grants } = provider.Grant as unknown as Model;

  /** `undefined` without an API, `null` if the request could be refused. */
  async function findApi(
    { ctx, form }: DirectRequest,
    { resource }: AdapterPayload,
    client: Client,
  ): Promise<ResourceServer | undefined | null> {
    if (form['resource'] !== undefined && form['resource'] !== resource) return null;
    if (resource === undefined) return undefined;
    // If there are several APIs, oidc-provider selects the one that the request names.
    if (typeof resource !== 'string') return null;
    try {
      return await hooks.getResourceServerInfo(ctx, resource, client);
    } catch {
      return null;
    }
  }

  return {
    isUsualRecord,
    findApi,
    /** The record of the client's code or refresh token, if it is usable and uses nothing unusual. */
    async find(
      adapter: Adapter,
      value: string,
      caller: Caller,
    ): Promise<AdapterPayload | undefined> {
      const record = await adapter.find(value);
      if (!record || !isUsualRecord(record, caller)) return undefined;
      const isUsable = (await tokens.isUsable(record)) && !impersonation.isActive();
      return isUsable ? record : undefined;
    },
    /** `undefined` if the request could be refused. */
    async complete(request: DirectRequest, presented: Presented): Promise<Source | undefined> {
      const { ctx } = request;
      const { client, record } = presented;
      const { accountId = '', grantId = '' } = record;
      // The hook reads the members of the record.
      const token = record as unknown as AccessToken;
      const account = await hooks.findAccount(ctx, accountId, token);
      const grant = account && (await grants.find(grantId));
      const api = grant && !grant.rejected ? await findApi(request, record, client) : null;
      if (!account || !grant || api === null) return undefined;
      return { ...presented, ctx, account, grant, api };
    },
  };
}

export type SourceReading = ReturnType<typeof createSourceReading>;

/** True if the code or token is the client's, and uses nothing unusual. */
function isUsualRecord(record: AdapterPayload, { client, proof }: Caller): boolean {
  return record.clientId === client.clientId && isPlain(record) && isOfKey(record, proof);
}

/** True if the code or token was not used, and its record alone decides what it permits. */
function isPlain(record: AdapterPayload): boolean {
  const { consumed, claims, rar, attestationJkt, 'x5t#S256': certificate } = record;
  const isAttested = attestationJkt !== undefined || certificate !== undefined;
  return !consumed && !claims && !rar && !isAttested;
}

/** True if the code or token is bound to no key, or to the key of the proof. */
function isOfKey({ jkt, dpopJkt }: AdapterPayload, proof: Caller['proof']): boolean {
  return [jkt, dpopJkt].every((key) => key === undefined || key === proof?.thumbprint);
}
