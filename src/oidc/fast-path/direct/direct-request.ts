// What a direct answer receives and returns.
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Form } from '#oidc/fast-path/form.ts';
import type { FastEndpoint } from '#oidc/patches/handlers/endpoint-steps.ts';

/** The headers that a direct answer reads. */
export interface SentHeaders {
  readonly authorization: string | undefined;
  /** `undefined` without a `DPoP` header (RFC 9449). */
  readonly proof: SentProof | undefined;
}

export interface SentProof {
  readonly jwt: string;
  /** The method of the request. */
  readonly method: string;
  /** Adds a header to the response, including that of a refused request. */
  readonly setHeader: (name: string, value: string) => void;
}

export interface DirectRequest extends SentHeaders {
  readonly endpoint: FastEndpoint;
  readonly form: Form;
  /** The context from which adapters, hooks and models read this request. */
  readonly ctx: KoaContextWithOIDC;
}

/** True if the request contains no single-use value besides its code or token: no assertion and no proof. */
export const hasNoOtherSingleUseValue = ({ form, proof }: DirectRequest): boolean =>
  proof === undefined && form['client_assertion'] === undefined;

/**
 * Ends a direct answer for good, because something has already changed, or because a store does not respond
 * and a second attempt would wait for it again. The error handler of the endpoint must answer the request.
 */
export class DirectRefusal extends Error {
  override readonly name = 'DirectRefusal';

  constructor(cause: unknown) {
    super('The direct answer failed and must not be repeated.', { cause });
  }
}

/**
 * The body of a successful response; `undefined` if oidc-provider must answer.
 * @throws DirectRefusal
 */
export type DirectAnswer = (request: DirectRequest) => Promise<object | undefined>;
