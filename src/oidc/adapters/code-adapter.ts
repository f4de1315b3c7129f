// Adapter for authorization codes: the record is in the short-lived store, single use is enforced
// in PostgreSQL. The redemption is written in one statement with the refresh token family that it
// creates, or alone if it creates none.
import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import { createRequestSlot } from '#platform/request/request-scope.ts';
import { sha256 } from '#platform/crypto/hashing.ts';
import type { CodeProduct, TokenReuse } from '#core/revocation/token-reuse.service.ts';
import type {
  AuthorizationContextIds,
  AuthorizationContextStore,
} from '#core/subject-status/authorization-context.store.ts';
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
export function createFoundCode(store: Pick<ShortLivedStore, 'get'>) {
  const slot = createRequestSlot<AdapterPayload>('code');
  const redeemed = createRequestSlot<string>('code redeemed with its first refresh token');
  return {
    get: slot.get,
    /** Reads the record once per request. Only PostgreSQL knows whether the code was redeemed. */
    async read(id: string): Promise<AdapterPayload | undefined> {
      const known = slot.get();
      if (known?.jti === id) return known;
      const stored = await store.get('AuthorizationCode', id);
      if (!stored) return undefined;
      const code: AdapterPayload = { ...stored, jti: id };
      slot.set(code);
      return code;
    },
    /** Records that this request has redeemed the code, so that it does not count as a replay. */
    noteRedemption: (id: string): void => redeemed.set(id),
    /** The code as it was before this request redeemed it; `undefined` if it did not. */
    findRedeemed: (id: string): AdapterPayload | undefined =>
      redeemed.get() === id ? slot.get() : undefined,
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
      const redeemed = found.findRedeemed(id);
      if (redeemed) return redeemed;
      const code = await found.read(id);
      if (!code) return undefined;
      const ids = contextIdsOf(code);
      const loaded = await authorizationContexts.loadForCode(ids, sha256(id), now());
      facts.remember(ids, loaded);
      organization.remember(code['organizationId']);
      if (loaded.redeemed) code['consumed'] = true;
      return code;
    },
    async consume(id) {
      if (found.findRedeemed(id)) return;
      const code = found.get();
      const grantId = requireText(code?.grantId, 'grantId');
      const redemption = redemptionOf(id, grantId, now());
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

/** Includes the session only if the tokens end with it. */
export function contextIdsOf(code: AdapterPayload): AuthorizationContextIds {
  const { accountId: userId, grantId, sessionUid, expiresWithSession } = code;
  return { userId, grantId, sessionUid: expiresWithSession ? sessionUid : undefined };
}

export function redemptionOf(id: string, grantId: string, redeemedAt: Date): Redemption {
  const expiresAt = new Date(redeemedAt.getTime() + redemptionSeconds * 1000);
  return { codeHash: sha256(id), grantId, redeemedAt, expiresAt };
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
