// Titles of namespaces, as declared by the operator, in the user's language.
import type { Declaration } from './schema/declarations.ts';
import { sayIn } from './schema/localized-text.ts';
import type { Titles } from '#http/rendering/scope-descriptions.ts';
import { plainText, type Locale } from '#http/i18n/locales.ts';

interface Declared {
  ofScope(scope: string): Declaration | undefined;
  ofClaim(claim: string): Declaration | undefined;
}

export function titlesIn(declared: Declared, locale: Locale): Titles {
  const say = (found: Declaration | undefined) => found && plainText(sayIn(found.title, locale));
  return {
    ofScope: (scope) => say(declared.ofScope(scope)),
    ofClaim: (claim) => say(declared.ofClaim(claim)),
  };
}
