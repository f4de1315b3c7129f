// The logo of an identity provider in the panel.
import { logoOfIssuer, providerMarks } from '#config/kinds/providers/provider-logos.ts';
import type { ShownProvider } from '#features/federation/management/present-provider.ts';
import type { Logo } from '#features/admin/page/rich-text.ts';

export function markOf({ issuer, logo }: Pick<ShownProvider, 'issuer' | 'logo'>): Logo {
  const mark = providerMarks.find((each) => each === logo);
  if (mark) return { symbol: mark };
  if (logo !== null) return { url: logo };
  const known = logoOfIssuer(issuer);
  return { symbol: known?.kind === 'mark' ? known.mark : 'other' };
}
