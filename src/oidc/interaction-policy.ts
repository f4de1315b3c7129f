// When a person must be asked: the engine's own rules, and one of ours in front of them.
import { interactionPolicy } from 'oidc-provider';

const { Check, base } = interactionPolicy;

export function createInteractionPolicy() {
  const policy = base();
  // A session whose person may no longer act is no session. Without this check the engine goes on
  // to consent without an account and answers 500.
  policy
    .get('login')
    ?.checks.add(
      new Check(
        'account_may_not_act',
        'End-User authentication is required',
        'login_required',
        ({ oidc }) => oidc.session?.accountId !== undefined && oidc.account === undefined,
      ),
      0,
    );
  return policy;
}
