// What an operator calls what is kept of people, in the language of whoever reads it.
import type { Declaration } from '#domain/supplements/declarations.ts';
import { sayIn } from '#domain/supplements/words.ts';
import type { Titles } from '#http/rendering/consent-words.ts';
import { plainText, type Locale } from '#http/rendering/locales.ts';

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
