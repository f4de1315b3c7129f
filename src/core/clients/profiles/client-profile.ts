// The definition of a client profile.
import type { ClientMetadata } from '#core/clients/client-policies.ts';
import type { ProfileRule } from './profile-rules.ts';

export interface ClientProfile {
  /** Shown in the panel. */
  readonly label: string;
  readonly meaning: string;
  /** Values stored for members that are omitted. */
  readonly defaults: ClientMetadata | ((metadata: ClientMetadata) => ClientMetadata);
  readonly rules: readonly ProfileRule[];
  /** Upper limits in seconds, applied whenever a token is issued, even if the settings allow more. */
  readonly limits?: TokenLimits;
  /** The profile of oidc-provider that applies to requests of the client. */
  readonly fapi?: '2.0';
}

export interface TokenLimits {
  readonly accessTokenSeconds?: number;
  readonly refreshTokenSeconds?: number;
}
