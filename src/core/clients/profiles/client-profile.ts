// What a profile of clients consists of.
import type { ClientMetadata } from '#core/clients/client-policies.ts';
import type { ProfileRule } from './profile-rules.ts';

export interface ClientProfile {
  /** For users of the panel. */
  readonly label: string;
  readonly meaning: string;
  /** Members that are stored when they are left out. */
  readonly defaults: ClientMetadata | ((metadata: ClientMetadata) => ClientMetadata);
  readonly rules: readonly ProfileRule[];
  /** Upper limits in seconds, applied when a token is issued, whatever the settings say. */
  readonly limits?: TokenLimits;
  /** The profile of oidc-provider that applies to requests of the client. */
  readonly fapi?: '2.0';
}

export interface TokenLimits {
  readonly accessTokenSeconds?: number;
  readonly refreshTokenSeconds?: number;
}
