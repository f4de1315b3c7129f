// Decides when the user has to choose between the accounts of the browser: for `prompt=select_account`, or if
// the request means another account than the active one (OpenID Connect Core §3.1.2.1). With `prompt=none`,
// the client then gets `account_selection_required` (§3.1.2.6).
import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { SubjectIdentifiers } from '#oidc/security/subject-identifiers.ts';
import type { BrowserAccounts } from './browser-accounts.ts';

const { Check, Prompt } = interactionPolicy;

export type OtherAccounts = Pick<BrowserAccounts, 'mayHaveOthers' | 'others'>;

export interface AccountSelectionDependencies {
  readonly accounts: OtherAccounts;
  readonly subjects: SubjectIdentifiers;
}

export function createSelectAccountPrompt(dependencies: AccountSelectionDependencies) {
  return new Prompt(
    { name: 'select_account', requestable: true },
    new Check(
      'other_account',
      'End-User account selection is required',
      'account_selection_required',
      (ctx) => meansOther(dependencies, ctx),
    ),
  );
}

/**
 * True if another account of this browser is named by a hint, or if no account is active while
 * others are signed in.
 */
async function meansOther(
  { accounts, subjects }: AccountSelectionDependencies,
  ctx: KoaContextWithOIDC,
): Promise<boolean> {
  const { oidc } = ctx;
  const { session, account, params, client } = oidc;
  const isDecided =
    oidc.result?.login !== undefined || oidc.result?.['select_account'] !== undefined;
  if (isDecided || !accounts.mayHaveOthers(ctx)) return false;
  const others = await accounts.others(ctx);
  const sub = oidc.entities.IdTokenHint?.payload['sub'];
  if (sub !== undefined) {
    const isHinted = async (userId: string | undefined) =>
      userId !== undefined && client !== undefined && sub === (await subjects.of(client, userId));
    if (await isHinted(session?.accountId)) return false;
    const found = await Promise.all(others.map(({ userId }) => isHinted(userId)));
    return found.includes(true);
  }
  // Not with prompt=none, where any client could find out which addresses are signed in in the browser.
  const hint = oidc.prompts.has('none') ? undefined : params?.['login_hint'];
  if (typeof hint === 'string' && others.some(({ email }) => isSameAddress(email, hint)))
    return true;
  return account === undefined && others.length > 0;
}

function isSameAddress(email: string, hint: string): boolean {
  return email.toLowerCase() === hint.trim().toLowerCase();
}
