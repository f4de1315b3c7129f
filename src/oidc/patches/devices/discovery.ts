// Patch: the discovery documents. oidc-provider always announces support for user codes in backchannel
// requests (CIBA Core 1.0 §4), but no client can be registered for them.
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

export function correctDiscovery(provider: Provider): void {
  provider.use(async (ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> => {
    await next();
    if (ctx.oidc?.route !== 'discovery' || ctx.status !== 200) return;
    ctx.body = { ...Object(ctx.body), backchannel_user_code_parameter_supported: false };
  });
}
