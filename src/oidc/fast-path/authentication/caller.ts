import type { Client } from 'oidc-provider';

/** The client that sent a request. */
export interface Caller {
  readonly client: Client;
  /**
   * Uses up what the client has proved itself with. Called after everything that could still leave the
   * request to oidc-provider, which would find it used; what follows must be final.
   * @returns false if it was used before: oidc-provider refuses the request
   */
  readonly confirm: () => Promise<boolean>;
}
