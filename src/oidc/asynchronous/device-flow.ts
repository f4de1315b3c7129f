// The feature of oidc-provider for devices without a browser or a keyboard (RFC 8628). The page for
// user codes is our own (features/device-authorization/); patches/device-form.ts connects it.
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { ProviderPages } from '#oidc/provider-hooks.ts';
import { describeRequest } from './device-codes.ts';
import { userCodeCharset, userCodeMask } from './user-codes.ts';

type Feature = NonNullable<NonNullable<Configuration['features']>['deviceFlow']>;

export function deviceFlow(pages: Pick<ProviderPages, 'deviceApproved' | 'deviceEnded'>): Feature {
  return {
    enabled: true,
    charset: userCodeCharset,
    mask: userCodeMask,
    deviceInfo: (ctx: KoaContextWithOIDC) => describeRequest(ctx.ip, ctx.get('user-agent')),
    // Called only after an error, because our page handles GET.
    userCodeInputSource: (ctx, _form, _out, error) => pages.deviceEnded(ctx, error),
    successSource: pages.deviceApproved,
  };
}
