// An interaction that the browser opened with its cookie, and the facts in it.
import type { InteractionResults, Provider } from 'oidc-provider';
import type { Client } from '#core/clients/clients.ts';

export type ProviderInteraction = Awaited<ReturnType<Provider['interactionDetails']>>;

export interface OpenInteraction {
  readonly uid: string;
  readonly client: Client;
  readonly params: Readonly<Record<string, unknown>>;
  readonly prompt: { readonly name: string; readonly reasons: readonly string[] };
  /** The user who signed in during this interaction or was already signed in in this browser. */
  readonly accountId: string | undefined;
  /** The user who was signed in before this interaction. */
  readonly sessionAccountId: string | undefined;
  /** True while oidc-provider waits for a sign-in, or for the choice of an account. */
  readonly needsSignIn: boolean;
  /** True while oidc-provider waits for the choice of an account. */
  readonly selectsAccount: boolean;
  /** Where oidc-provider continues once the interaction is finished. */
  readonly returnTo: string;
  readonly providerInteraction: ProviderInteraction;
}

export function describeInteraction(
  providerInteraction: ProviderInteraction,
  client: Client,
): OpenInteraction {
  const signedIn = providerInteraction.result?.login?.accountId;
  const sessionAccountId = providerInteraction.session?.accountId;
  const isPrompt = (name: string) =>
    providerInteraction.prompt.name === name && signedIn === undefined;
  return {
    uid: providerInteraction.uid,
    client,
    params: providerInteraction.params,
    prompt: providerInteraction.prompt,
    accountId: signedIn ?? sessionAccountId,
    sessionAccountId,
    needsSignIn: isPrompt('login') || isPrompt('select_account'),
    selectsAccount: isPrompt('select_account'),
    returnTo: providerInteraction.returnTo,
    providerInteraction,
  };
}

/** The results of this interaction and of earlier ones in the same authorization request. */
export function resultsOf({ providerInteraction }: OpenInteraction): InteractionResults {
  return { ...providerInteraction.lastSubmission, ...providerInteraction.result };
}

/** The user's existing session, or `undefined` if the user signs in only now. */
export function sessionOf(
  { sessionAccountId, providerInteraction }: OpenInteraction,
  userId: string,
): string | undefined {
  return sessionAccountId === userId ? providerInteraction.session?.uid : undefined;
}

/** True if the authorization request contains this value of `prompt`. */
export function hasPrompt(params: Readonly<Record<string, unknown>>, value: string): boolean {
  return textsOf(params['prompt']).join(' ').split(' ').includes(value);
}

/** A parameter that may be absent, single or repeated. */
export function textsOf(parameter: unknown): readonly string[] {
  const values: unknown[] = Array.isArray(parameter) ? parameter : [parameter];
  return values.filter((value) => typeof value === 'string');
}
