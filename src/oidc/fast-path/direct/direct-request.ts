// What a direct answer receives and returns.
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Form } from '#oidc/fast-path/form.ts';

export interface DirectRequest {
  /** The header. */
  readonly authorization: string | undefined;
  readonly form: Form;
  /** In which adapters, hooks and models find this request. */
  readonly ctx: KoaContextWithOIDC;
}

/**
 * Ends a direct answer for good: something has changed, or a store does not answer, for which a second
 * attempt would wait again. Only the error handler of the endpoint remains.
 */
export class DirectRefusal extends Error {
  override readonly name = 'DirectRefusal';

  constructor(cause: unknown) {
    super('The request cannot be answered again.', { cause });
  }
}

/**
 * The body of a successful response; `undefined` if oidc-provider must answer.
 * @throws DirectRefusal
 */
export type DirectAnswer = (request: DirectRequest) => Promise<object | undefined>;
