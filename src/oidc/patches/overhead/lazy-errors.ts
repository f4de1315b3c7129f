// Patch: userinfo builds an error only for a request that fails. oidc-provider passes new errors to
// `ctx.assert`, so that every successful request builds three, each with two stack traces.
//
// The steps are those of lib/shared/access_token.js; only the assertions differ.
import { errors, type AccessToken, type KoaContextWithOIDC } from 'oidc-provider';
import userinfo from 'oidc-provider/lib/actions/userinfo.js';
import certificateThumbprint from 'oidc-provider/lib/helpers/certificate_thumbprint.js';
import { account as validateAccount } from 'oidc-provider/lib/helpers/configuration_result.js';
import validateDpop, { checkDpopReplay } from 'oidc-provider/lib/helpers/validate_dpop.js';
import readInternals from 'oidc-provider/lib/helpers/weak_cache.js';
import { replaceStep } from './engine-version.ts';

const { InvalidToken, InsufficientScope } = errors;

type Next = () => Promise<void>;

/** What oidc-provider keeps about its configuration (lib/provider.js). */
interface Internals {
  readonly configuration: { findAccount(ctx: object, id: string, token: object): unknown };
  readonly features: { readonly mTLS: { getCertificate(ctx: object): string | undefined } };
}

export function buildErrorsLazily(): void {
  replaceStep(userinfo, validateAccessToken);
  replaceStep(userinfo, loadAccessTokenClient);
  replaceStep(userinfo, loadAccessTokenAccount);
}

async function validateAccessToken(ctx: KoaContextWithOIDC, next: Next): Promise<void> {
  const { oidc } = ctx;
  const { provider } = oidc;
  const value = oidc.getAccessToken({ acceptDPoP: true });
  const proof = await validateDpop(provider, ctx, value);
  const token = await provider.AccessToken.find(value);
  if (!token) throw new InvalidToken('access token not found');
  oidc.entity('AccessToken', token);
  if (!token.scopes.size || !token.scopes.has('openid')) {
    throw new InsufficientScope('access token missing openid scope', 'openid');
  }
  checkCertificate(ctx, token);
  await checkDpopReplay(provider, ctx, proof, token.clientId, InvalidToken);
  if (proof && !token.jkt) {
    throw new InvalidToken(
      'access token is not sender-constrained but proof of possession was provided',
    );
  }
  if (token.jkt && (!proof || token.jkt !== proof.thumbprint)) {
    throw new InvalidToken('failed jkt verification');
  }
  await next();
}

function checkCertificate(ctx: KoaContextWithOIDC, token: AccessToken): void {
  const bound = token['x5t#S256'];
  if (!bound) return;
  const certificate = internalsOf(ctx).features.mTLS.getCertificate(ctx);
  if (!certificate || bound !== certificateThumbprint(certificate)) {
    throw new InvalidToken('failed x5t#S256 verification');
  }
}

async function loadAccessTokenClient({ oidc }: KoaContextWithOIDC, next: Next): Promise<void> {
  const client = await oidc.provider.Client.find(oidc.accessToken?.clientId ?? '');
  if (!client) throw new InvalidToken('associated client not found');
  oidc.entity('Client', client);
  await next();
}

async function loadAccessTokenAccount(ctx: KoaContextWithOIDC, next: Next): Promise<void> {
  const { accessToken: token } = ctx.oidc;
  if (!token) throw new InvalidToken('access token not found');
  const { findAccount } = internalsOf(ctx).configuration;
  const account = validateAccount(await findAccount(ctx, token.accountId, token));
  if (!account) throw new InvalidToken('associated account not found');
  ctx.oidc.entity('Account', account);
  await next();
}

function internalsOf({ oidc }: KoaContextWithOIDC): Internals {
  // The contract test of this patch proves the type.
  return readInternals(oidc.provider) as Internals;
}
