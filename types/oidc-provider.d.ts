// Members of oidc-provider that its published types omit.
import 'oidc-provider';

declare module 'oidc-provider' {
  interface RefreshToken {
    generateTokenId(): string;
  }
  interface AccessToken {
    generateTokenId(): string;
  }
  interface ClientCredentials {
    generateTokenId(): string;
  }
  interface Client {
    backchannelLogout(sub: string, sid: string | undefined): Promise<void>;
  }
  interface IdToken {
    mask: Readonly<Record<string, null>>;
  }
}
