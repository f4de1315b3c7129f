// Text that is one of several options or matches a pattern.
import type { Kind } from '#config/setting.ts';

export function choice<const Option extends string>(...options: readonly Option[]): Kind<Option> {
  return {
    values: options.map((option) => `\`${option}\``).join(', '),
    parse(text) {
      const chosen = options.find((option) => option === text);
      if (chosen === undefined) throw new Error(`must be one of ${options.join(', ')}`);
      return chosen;
    },
  };
}

/** @param values what the pattern accepts, as it continues the sentence "must be ..." */
export function matching(pattern: RegExp, values: string): Kind<string> {
  return {
    values,
    parse(text) {
      if (!pattern.test(text)) throw new Error(`must be ${values}`);
      return text;
    },
  };
}

/** Of a file or a directory. */
export const filePath = matching(/^[^\0]{1,1024}$/, 'a path');

/** The name of the product as users see it. */
export const displayName = matching(
  /^(?! )[^\p{C}\p{Zl}\p{Zp}<>]{1,60}(?<! )$/u,
  '1 to 60 letters, digits, spaces and punctuation, without < and >',
);
