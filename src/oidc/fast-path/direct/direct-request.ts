// What a direct answer receives and returns.
import type { Form } from '#oidc/fast-path/form.ts';

export interface DirectRequest {
  /** The header. */
  readonly authorization: string | undefined;
  readonly form: Form;
}

/** Ends a direct answer after it has changed something: only the error handler of the endpoint remains. */
export class DirectRefusal extends Error {
  override readonly cause: Error;

  constructor(cause: Error) {
    super(cause.message);
    this.cause = cause;
  }
}

/**
 * The body of a successful response; `undefined` if oidc-provider must answer.
 * @throws DirectRefusal
 */
export type DirectAnswer = (request: DirectRequest) => Promise<object | undefined>;
