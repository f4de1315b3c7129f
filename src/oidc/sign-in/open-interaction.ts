// An interaction that the browser has opened by its cookie, and what its parts say.
import type { InteractionResults, Provider } from 'oidc-provider';
import type { Client } from '#core/clients/clients.ts';

export type EngineInteraction = Awaited<ReturnType<Provider['interactionDetails']>>;

export interface OpenInteraction {
  readonly uid: string;
  readonly client: Client;
  readonly params: Readonly<Record<string, unknown>>;
  readonly prompt: { readonly name: string; readonly reasons: readonly string[] };
  /** The user who signed in during this interaction or was already signed in in this browser. */
  readonly accountId: string | undefined;
  /** The user who was signed in before this interaction. */
  readonly sessionAccountId: string | undefined;
  /** True while oidc-provider waits for a sign-in. */
  readonly needsSignIn: boolean;
  readonly engine: EngineInteraction;
}

export function describeInteraction(engine: EngineInteraction, client: Client): OpenInteraction {
  const signedIn = engine.result?.login?.accountId;
  const sessionAccountId = engine.session?.accountId;
  return {
    uid: engine.uid,
    client,
    params: engine.params,
    prompt: engine.prompt,
    accountId: signedIn ?? sessionAccountId,
    sessionAccountId,
    needsSignIn: engine.prompt.name === 'login' && signedIn === undefined,
    engine,
  };
}

/** The results of this interaction and of earlier ones in the same authorization request. */
export function resultsOf({ engine }: OpenInteraction): InteractionResults {
  return { ...engine.lastSubmission, ...engine.result };
}

/** The user's existing session, or `undefined` if the user signs in only now. */
export function sessionOf(
  { sessionAccountId, engine }: OpenInteraction,
  userId: string,
): string | undefined {
  return sessionAccountId === userId ? engine.session?.uid : undefined;
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
