// Sign-outs at the logout endpoint that concern accounts which are not active in this browser.
import type { OtherSignOuts } from '#oidc/provider-hooks.ts';
import { isPairwise } from '#oidc/security/subject-identifiers.ts';
import type { BrowserAccounts } from './browser-accounts.ts';

export function createOtherSignOuts(
  accounts: Pick<BrowserAccounts, 'endHinted' | 'removeAll'>,
): OtherSignOuts {
  return {
    async endHinted(ctx) {
      const { client, entities } = ctx.oidc;
      const hint = entities.IdTokenHint?.payload;
      if (!client || !hint) return false;
      const { sub, sid } = hint;
      const userId = isPairwise(client) ? undefined : sub;
      return accounts.endHinted(ctx, { userId, sid, clientId: client.clientId });
    },
    endAll: (ctx) => accounts.removeAll(ctx),
  };
}
