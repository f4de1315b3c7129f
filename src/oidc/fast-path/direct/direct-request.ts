// What a direct answer receives and returns.
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Form } from '#oidc/fast-path/form.ts';
import type { FastEndpoint } from '#oidc/patches/handlers/endpoint-steps.ts';

/** What is read of the headers. */
export interface SentHeaders {
  readonly authorization: string | undefined;
  /** Absent without a header `DPoP` (RFC 9449). */
  readonly proof: SentProof | undefined;
}

export interface SentProof {
  readonly jwt: string;
  /** Of the request. */
  readonly method: string;
  /** Adds a header to the response, also to that of a refusal. */
  readonly setHeader: (name: string, value: string) => void;
}

export interface DirectRequest extends SentHeaders {
  readonly endpoint: FastEndpoint;
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
