// The dependencies of the refresh token rotation, and what one request knows about the token it
// presents. refresh-rotation.ts explains which call sets and reads each slot.
import type { AccessControl } from '#core/access-control/access-control.service.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { TokenRevocation } from '#core/revocation/token-revocation.service.ts';
import type { AuthorizationContextStore } from '#core/subject-status/authorization-context.store.ts';
import type { ImmediateRedemptionStore } from '#core/subject-status/immediate-redemption.store.ts';
import type { ImmediateRotationStore } from '#core/subject-status/immediate-rotation.store.ts';
import type { RefreshFamily, RefreshFamilyStore } from '#core/tokens/refresh-families.store.ts';
import type {
  CodeAdapterDependencies,
  FoundCode,
  PendingRedemption,
} from '#oidc/adapters/code-adapter.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import { createRequestSlot } from '#platform/request/request-scope.ts';
import type { TokenPosition } from './refresh-payload.ts';
import type { RefreshTokenFormat, RefreshTokenParts } from './refresh-token-format.ts';

export interface RotationDependencies extends Pick<
  CodeAdapterDependencies,
  'tokenReuse' | 'facts' | 'organization' | 'now'
> {
  readonly authorizationContexts: AuthorizationContextStore;
  readonly immediateRotations: ImmediateRotationStore;
  readonly immediateRedemptions: ImmediateRedemptionStore;
  readonly families: RefreshFamilyStore;
  readonly clients: Pick<Clients, 'find' | 'findResource'>;
  readonly accessControl: Pick<AccessControl, 'requiresPermission'>;
  readonly revocation: TokenRevocation;
  readonly format: RefreshTokenFormat;
  /** The encryption key from which `format` derives the key of new tokens. */
  readonly keyId: string;
  readonly pendingRedemption: PendingRedemption;
  readonly foundCode: Pick<FoundCode, 'noteRedemption'>;
  readonly requestOrigin: RequestOriginSlot;
  readonly leewaySeconds: number;
  readonly lifetimeSeconds: number;
}

/** The family of a presented token and the token's position in it. */
export interface LocatedToken {
  readonly token: string;
  readonly family: RefreshFamily;
  /** The generation of the presented token. */
  readonly generation: number;
  readonly position: TokenPosition;
}

interface AuthenticToken {
  readonly token: string;
  readonly parts: RefreshTokenParts;
}

export function createRotationState() {
  return {
    authentic: createRequestSlot<AuthenticToken>('authentic refresh token'),
    located: createRequestSlot<LocatedToken>('family of the refresh token'),
    successor: createRequestSlot<string>('successor or first refresh token'),
    revokedGrantId: createRequestSlot<string>('grant revoked with its refresh token'),
  };
}

/** The first parameter of every function of the rotation. */
export interface Rotation extends RotationDependencies {
  readonly state: ReturnType<typeof createRotationState>;
}
