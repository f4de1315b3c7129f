// When a person must be asked: the engine's own rules, and two of ours in front of them.
import { decodeJwt } from 'jose';
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
  return policy;
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
