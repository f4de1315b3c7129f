// Sender constraints of exchanged tokens (RFC 9449, RFC 8705): a new token is bound to the key of the
// client that requests it, and a bound token is never exchanged for one that is not.
import {
  errors,
  type AccessToken,
  type ClientCredentials,
  type Provider,
  type TokenEndpointGrantContext,
} from 'oidc-provider';
import {
  checkDpopReplay,
  checkDpopRequired,
  checkMtlsCert,
  validateDpop,
} from '#oidc/patches/grants/grant-helpers.ts';

type Bound = Pick<ClientCredentials, 'jkt' | 'x5t#S256' | 'isSenderConstrained'>;

/**
 * Checks for the proof that the client's registration requires, and for a nonce; without them, the client
 * repeats the request. A grant that consumes a single-use value must call this first.
 * @throws errors.InvalidGrant, or errors.UseDpopNonce
 */
export async function readBinding(provider: Provider, ctx: TokenEndpointGrantContext) {
  const certificate = checkMtlsCert(provider, ctx);
  const proof = await validateDpop(provider, ctx);
  checkDpopRequired(provider, ctx, proof);
  return { certificate, proof };
}

/** @throws as above */
export async function bindToKey(
  provider: Provider,
  ctx: TokenEndpointGrantContext,
  token: AccessToken | ClientCredentials,
): Promise<void> {
  const { certificate, proof } = await readBinding(provider, ctx);
  if (certificate !== undefined) token.setThumbprint('x5t', certificate);
  if (!proof) return;
  await checkDpopReplay(provider, ctx, proof, ctx.oidc.client.clientId);
  token.setThumbprint('jkt', proof.thumbprint);
}

/** @throws errors.InvalidRequest */
export function assertBoundAlike(subject: Bound, token: Bound): void {
  if (!subject.isSenderConstrained() || token.isSenderConstrained()) return;
  throw new errors.InvalidRequest(
    'the subject token is bound to a key, so the request needs a DPoP proof or a certificate',
  );
}

/** The client itself presents the token, so it must hold the key. @throws errors.InvalidRequest */
export function assertPossession(actor: Bound, token: Bound): void {
  const isHeld = actor.jkt === undefined || actor.jkt === token.jkt;
  const hasCertificate = actor['x5t#S256'] === undefined || actor['x5t#S256'] === token['x5t#S256'];
  if (isHeld && hasCertificate) return;
  throw new errors.InvalidRequest('the actor token is bound to another key');
}
