// Adapter for authorization codes: the record is in the short-lived store, single use is enforced
// in PostgreSQL. The redemption is written in one statement with the refresh token family that it
// creates, or alone if it creates none.
import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import { createRequestSlot } from '#platform/request/request-scope.ts';
import { sha256 } from '#platform/crypto/hashing.ts';
import type { CodeProduct, TokenReuse } from '#core/revocation/token-reuse.service.ts';
import type { AuthorizationContextStore } from '#core/subject-status/authorization-context.store.ts';
import type { Redemption, RefreshFamilyStore } from '#core/tokens/refresh-families.store.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import { adapterWith } from './adapter.ts';
import type { InteractionEnd } from './interaction-adapter.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';
import type { SignInOrganization } from '#oidc/access-control/organization.ts';
import { requireText } from './payload.ts';
import { toleranceSeconds } from './short-lived-adapter.ts';

/** How long a redeemed code is recognized as replayed. The code itself expires after a minute. */
const redemptionSeconds = 3600;

export interface CodeAdapterDependencies {
  readonly store: ShortLivedStore;
  readonly authorizationContexts: AuthorizationContextStore;
  readonly families: RefreshFamilyStore;
  readonly tokenReuse: TokenReuse;
  readonly facts: RequestFacts;
  readonly organization: SignInOrganization;
  readonly pendingRedemption: PendingRedemption;
  readonly found: FoundCode;
  readonly interactionEnd: InteractionEnd;
  readonly now: () => Date;
  /** True if oidc-provider will issue a refresh token for the code in this request. */
  readonly createsFamily: (code: AdapterPayload) => boolean;
}

export type PendingRedemption = ReturnType<typeof createPendingRedemption>;

/** A redemption to be written together with the refresh token family of the same request. */
export function createPendingRedemption() {
  return createRequestSlot<Redemption>('pending redemption');
}

export type FoundCode = ReturnType<typeof createFoundCode>;

/** The authorization code presented in this request. */
export function createFoundCode() {
  const slot = createRequestSlot<AdapterPayload>('code');
  return {
    ...slot,
    /**
     * True if the code was redeemed before; reuse detection then revokes the tokens issued for it
     * and records the reason.
     */
    isReplay: (): boolean => slot.get()?.['consumed'] === true,
  };
}

export function createCodeAdapter(dependencies: CodeAdapterDependencies): Adapter {
  const {
    store,
    authorizationContexts,
    families,
    facts,
    organization,
    pendingRedemption,
    found,
    now,
    createsFamily,
    tokenReuse,
  } = dependencies;
  const { interactionEnd } = dependencies;

  return adapterWith({
    async upsert(id, payload, expiresIn = 0) {
      const { jti: _, ...content } = payload;
      const organizationId = organization.requested(payload.accountId);
      const stored = { ...content, ...(organizationId ? { organizationId } : {}) };
      await Promise.all([
        store.put('AuthorizationCode', id, stored, expiresIn + toleranceSeconds),
        interactionEnd.write(),
      ]);
    },
    async find(id) {
      const stored = await store.get('AuthorizationCode', id);
      if (!stored) return undefined;
      const code: AdapterPayload = { ...stored, jti: id };
      const ids = {
        userId: code.accountId,
        grantId: code.grantId,
        sessionUid: code.expiresWithSession ? code.sessionUid : undefined,
      };
      const loaded = await authorizationContexts.loadForCode(ids, sha256(id), now());
      facts.remember(ids, loaded);
      organization.remember(stored['organizationId']);
      if (loaded.redeemed) code['consumed'] = true;
      found.set(code);
      return code;
    },
    async consume(id) {
      const code = found.get();
      const grantId = requireText(code?.grantId, 'grantId');
      const redemption: Redemption = {
        codeHash: sha256(id),
        grantId,
        redeemedAt: now(),
        expiresAt: new Date(now().getTime() + redemptionSeconds * 1000),
      };
      if (code && createsFamily(code)) {
        pendingRedemption.set(redemption);
        return;
      }
      if (await families.redeemCode(redemption)) return;
      await refuseReplay(dependencies, { grantId, sessionUid: code?.sessionUid });
    },
    /** oidc-provider calls this for a replayed code. The grant is revoked by its own adapter. */
    async revokeByGrantId(grantId) {
      const { sessionUid } = found.get() ?? {};
      if (found.isReplay()) await tokenReuse.codeReplayed({ grantId, sessionUid });
    },
  });
}

/**
 * A code was presented twice. The server cannot distinguish the client from an attacker, so the
 * tokens issued for the code are revoked (RFC 6749 §4.1.2).
 */
export async function refuseReplay(
  { tokenReuse, facts }: Pick<CodeAdapterDependencies, 'tokenReuse' | 'facts'>,
  product: CodeProduct,
): Promise<never> {
  await tokenReuse.codeReplayed(product);
  facts.forget();
  throw new errors.InvalidGrant('authorization code already consumed');
}
