// Checks an identity provider without a sign-in: fetches its metadata and its keys, and says what is
// wrong with them. The client secret is not checked, because no request is possible without a user.
import type { SignInProvider } from '#config/kinds/sign-in-providers.ts';
import { createOutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import type { ActiveProviders } from '#features/identity-providers/active-providers.service.ts';
import { createProviderConnection } from './provider-connection.service.ts';

export interface ProviderCheckResult {
  readonly name: 'discovery' | 'endpoints' | 'pkce' | 'scopes' | 'keys';
  readonly ok: boolean;
  readonly detail: string;
}

export interface ProviderCheckReport {
  readonly ok: boolean;
  readonly checks: readonly ProviderCheckResult[];
}

export interface ProviderCheckDependencies {
  readonly activeProviders: ActiveProviders;
  readonly outboundAllow: readonly string[];
  readonly now: () => Date;
}

type Metadata = Awaited<
  ReturnType<ReturnType<typeof createProviderConnection>['configure']>
>['serverMetadata'] extends () => infer Value
  ? Value
  : never;

const maxDetailLength = 300;

export function createProviderCheck({ outboundAllow, now }: ProviderCheckDependencies) {
  return async function checkProvider(provider: SignInProvider): Promise<ProviderCheckReport> {
    const fetch = createOutboundFetch({ allow: outboundAllow });
    const connection = createProviderConnection({ provider, fetch, now });
    const discovered = await attempt(async () => (await connection.configure()).serverMetadata());
    if (!discovered.ok) return reportOf([failed('discovery', discovered.detail)]);
    const { value: metadata } = discovered;
    const keys = await attempt(() => connection.fetchKeys());
    return reportOf([
      passed('discovery', `The metadata of ${provider.issuer} was found.`),
      ...checkMetadata(metadata, provider),
      keys.ok ? countKeys(keys.value.keys.length) : failed('keys', keys.detail),
    ]);
  };
}

export type CheckProvider = ReturnType<typeof createProviderCheck>;

function checkMetadata(metadata: Metadata, { scopes }: SignInProvider): ProviderCheckResult[] {
  const { token_endpoint, code_challenge_methods_supported: pkce, scopes_supported } = metadata;
  const unknown = scopes_supported
    ? scopes.filter((scope) => !scopes_supported.includes(scope))
    : [];
  return [
    token_endpoint === undefined
      ? failed('endpoints', 'The metadata names no token_endpoint, so no code can be redeemed.')
      : passed('endpoints', 'The endpoints for authorization and tokens are known.'),
    pkce === undefined || pkce.includes('S256')
      ? passed('pkce', pkce ? 'PKCE with S256 is supported.' : 'PKCE is not mentioned; it is sent.')
      : failed('pkce', 'The provider does not support PKCE with S256.'),
    unknown.length === 0
      ? passed('scopes', 'The scopes are supported, or the metadata lists none.')
      : failed('scopes', `The metadata does not list these scopes: ${unknown.join(' ')}`),
  ];
}

function countKeys(count: number): ProviderCheckResult {
  if (count === 0) return failed('keys', 'The key set is empty.');
  return passed('keys', `Signing keys were fetched: ${count}.`);
}

type Attempt<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly detail: string };

async function attempt<Value>(work: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, detail: describe(error) };
  }
}

/** Every message of the chain of causes, because libraries wrap the original error. */
function describe(error: unknown): string {
  const messages: string[] = [];
  for (let each: unknown = error; each instanceof Error && messages.length < 6; each = each.cause) {
    if (each.message !== '' && !messages.includes(each.message)) messages.push(each.message);
  }
  const text = messages.join(': ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1, maxDetailLength)}.`;
}

function reportOf(checks: readonly ProviderCheckResult[]): ProviderCheckReport {
  return { ok: checks.every(({ ok }) => ok), checks };
}

function passed(name: ProviderCheckResult['name'], detail: string): ProviderCheckResult {
  return { name, ok: true, detail };
}

function failed(name: ProviderCheckResult['name'], detail: string): ProviderCheckResult {
  return { name, ok: false, detail };
}
