// The logos of identity providers on pages. Logo files are served with the other assets.
import type { SignInProvider } from '#config/kinds/sign-in-providers.ts';
import { logoKey } from '#http/logo-address.ts';
import type { ProviderImage } from '#http/rendering/provider-choice.ts';

const neutral: ProviderImage = { symbol: 'other' };

/** `undefined` for a provider that is no longer configured. */
export function imageOf(provider: SignInProvider | undefined): ProviderImage {
  const logo = provider?.logo;
  if (!provider || !logo) return neutral;
  if (logo.kind === 'mark') return { symbol: logo.mark };
  if (logo.kind === 'url') return { key: logoKey(logo.url) };
  return { asset: assetOf(provider.id, logo.extension) };
}

/** The logo files, by the name under which they are served. */
export function logoFiles(providers: readonly SignInProvider[]): Readonly<Record<string, string>> {
  const files = providers.flatMap(({ id, logo }) =>
    logo?.kind === 'file' ? [[assetOf(id, logo.extension), logo.path] as const] : [],
  );
  return Object.fromEntries(files);
}

function assetOf(id: string, extension: string): string {
  return `providers/${id}${extension}`;
}
