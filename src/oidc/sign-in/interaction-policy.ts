// When a person must be asked: the engine's own rules, and some of ours in front of them.
import { decodeJwt } from 'jose';
import { twoFactorAcr } from '#core/sessions/authentication.ts';
import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';

const { Check, base } = interactionPolicy;

export function createInteractionPolicy() {
  const policy = base();
  const login = policy.get('login');
  // A session whose person may no longer act is no session. Without this check the engine goes on
  // to consent without an account and answers 500.
  login?.checks.add(
    new Check(
      'account_may_not_act',
      'End-User authentication is required',
      'login_required',
      ({ oidc }) => oidc.session?.accountId !== undefined && oidc.account === undefined,
    ),
    0,
  );
  login?.checks.add(
    new Check('other_than_hinted', 'another End-User signed in', 'login_required', refuseOther),
    1,
  );
  login?.checks.add(
    new Check(
      'stronger_sign_in',
      'a second proof was asked for',
      'login_required',
      wantsStrongerSignIn,
    ),
    2,
  );
  login?.checks.add(
    new Check('acr_unmet', 'a requirement can not be met', 'login_required', refuseUnmet),
    3,
  );
  return policy;
}

/**
 * `acr_values` is a wish (OIDC Core 3.1.2.1): it is worth one sign-in, and whoever has no second
 * factor goes on with what there is. RFC 9470 sends people here when an API wants more.
 */
function wantsStrongerSignIn({ oidc }: KoaContextWithOIDC): boolean {
  const wish = oidc.params?.['acr_values'];
  const wished = typeof wish === 'string' ? wish.split(' ') : [];
  if (!wished.includes(twoFactorAcr) || oidc.result?.login) return false;
  return oidc.session?.accountId !== undefined && !wished.includes(oidc.acr);
}

/** An essential `acr` that this sign-in did not reach would be asked for again without end. */
function refuseUnmet({ oidc }: KoaContextWithOIDC): boolean {
  const { essential, value, values } = oidc.claims?.id_token?.acr ?? {};
  if (!oidc.result?.login || essential !== true) return false;
  const accepted = value === undefined ? (values ?? []) : [value];
  if (accepted.length === 0 || accepted.includes(oidc.acr)) return false;
  throw new errors.UnmetAuthenticationRequirements('the End-User has no such second factor');
}

/**
 * An app that named a person gets an answer about that person or none (OIDC Core 3.1.2.1). The
 * engine compares before the sign-in; who did sign in is known only after it.
 */
function refuseOther({ oidc }: KoaContextWithOIDC): boolean {
  const hint = oidc.params?.['id_token_hint'];
  if (!oidc.result?.login || typeof hint !== 'string') return false;
  if (decodeJwt(hint).sub === oidc.session?.accountId) return false;
  throw new errors.LoginRequired('another End-User signed in');
}
