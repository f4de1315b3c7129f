/** Rules about the words: every language says the same things, and speaks to whoever asks for it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { errorStatus } from '#platform/errors.ts';
import { locales } from '#http/i18n/languages.ts';
import {
  catalogueOf,
  chooseLocale,
  createTranslator,
  defaultLocale,
  isMessageKey,
  plainText,
  type Locale,
  type Message,
} from '#http/i18n/locales.ts';

const root = new URL('../../', import.meta.url);

function variantsOf(message: Message): string[] {
  return typeof message === 'string' ? [message] : Object.values(message);
}

function placeholdersOf(text: string): string[] {
  return [...new Set(text.match(/\{\w+\}/g))].toSorted();
}

function readSources(folder: string, ending: string): string {
  return readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(new URL(`${folder}/${name}`, root), 'utf8'))
    .join('\n');
}

describe('the catalogues', () => {
  it('are those of the languages we speak', () => {
    const files = readdirSync(new URL('locales/', root)).map((name) => name.replace('.json', ''));
    assert.deepEqual(files.toSorted(), locales.toSorted());
  });

  for (const locale of locales) {
    const catalogue = catalogueOf(locale);

    it(`has every word in ${locale}, none beyond, and in the same order`, () => {
      assert.deepEqual(Object.keys(catalogue), Object.keys(catalogueOf(defaultLocale)));
    });

    it(`leaves no sentence empty or untrimmed in ${locale}`, () => {
      for (const [key, message] of Object.entries(catalogue)) {
        for (const text of variantsOf(message)) assert.match(text, /^\S(?:.*\S)?$/, key);
      }
    });

    it(`has the same placeholders in ${locale} as in English, in each plural form`, () => {
      for (const [key, message] of Object.entries(catalogue)) {
        assert.ok(isMessageKey(key));
        const [english = ''] = variantsOf(catalogueOf(defaultLocale)[key]);
        for (const text of variantsOf(message)) {
          assert.deepEqual(placeholdersOf(text), placeholdersOf(english), key);
        }
      }
    });

    it(`has a form for every plural category of ${locale}`, () => {
      const { pluralCategories } = new Intl.PluralRules(locale).resolvedOptions();
      for (const [key, message] of Object.entries(catalogue)) {
        if (typeof message === 'string') continue;
        assert.deepEqual(Object.keys(message).toSorted(), pluralCategories.toSorted(), key);
      }
    });
  }

  it('has a sentence for every error', () => {
    const missing = Object.keys(errorStatus).filter(
      (code) => !isMessageKey(`error.message.${code}`),
    );
    assert.deepEqual(missing, []);
  });

  it('has every word that a view asks for', () => {
    const asked = [...readSources('views', '.ejs').matchAll(/\bt\('([^']+)'/g)].map(
      ([, key]) => key,
    );
    const missing = asked.filter((key) => key === undefined || !isMessageKey(key));
    assert.deepEqual(missing, []);
  });

  it('has no word that nothing asks for', () => {
    const sources = readSources('views', '.ejs') + readSources('src', '.ts');
    const isComposed =
      /^(?:scope|claim|activity|account-profile\.(?:field|problem)|error\.message)\.|\.title$/;
    const unused = Object.keys(catalogueOf(defaultLocale))
      .filter((key) => !isComposed.test(key))
      .filter((key) => !sources.includes(`'${key}'`));
    assert.deepEqual(unused, []);
  });
});

describe('translating', () => {
  it('fills placeholders and chooses the plural form', () => {
    const t = createTranslator('en');

    assert.equal(t('problem.password.too_short', { count: 1 }), 'Please use at least 1 character.');
    assert.equal(
      t('problem.password.too_short', { count: 12 }),
      'Please use at least 12 characters.',
    );
  });

  it('writes numbers as the language does', () => {
    assert.match(createTranslator('de')('problem.password.too_short', { count: 1200 }), /1\.200/);
  });

  it('fills in names literally, whatever they contain', () => {
    const t = createTranslator('en');

    assert.equal(
      t('consent.heading', { client: '{client} $& $1' }),
      '{client} $& $1 asks for access',
    );
  });

  it('reads a name by itself within a sentence from right to left', () => {
    const heading = createTranslator('ar')('consent.heading', { client: 'Acme (EU)' });

    assert.ok(heading.includes('\u2068Acme (EU)\u2069'));
  });

  it('does not let a name turn the sentence around or break its line', () => {
    assert.equal(plainText(' Ac\u202Eme\n\u2028 \u0000App\u2069\uD800 '), 'Ac me   App \uFFFD');
  });
});

describe('choosing the language', () => {
  const cases: readonly (readonly [string | undefined, string | undefined, Locale])[] = [
    [undefined, undefined, 'en'],
    ['', '', 'en'],
    ['de', 'en', 'de'],
    ['sv de-CH en', undefined, 'de'],
    ['sv', 'de-AT,en;q=0.5', 'de'],
    [undefined, 'sv, en;q=0.4, de;q=0.9', 'de'],
    ['pt-BR', 'en', 'pt'],
    [undefined, 'fr-CA, en;q=0.8', 'fr'],
    [undefined, 'uk-UA, ru;q=0.8', 'uk'],
    [undefined, 'ar-EG;q=0.8, ja-JP', 'ja'],
    [undefined, 'de;q=0, en', 'en'],
    [undefined, 'DE-de', 'de'],
    [undefined, '*', 'en'],
    [undefined, 'sv;q=x, de;q=oops', 'en'],
    ['constructor __proto__ toString', 'hasOwnProperty', 'en'],
    [`${'xx '.repeat(10_000)}de`, undefined, 'en'],
  ];

  for (const [uiLocales, acceptLanguage, expected] of cases) {
    const label = `${(uiLocales ?? '-').slice(0, 30)} / ${acceptLanguage ?? '-'}`;
    it(`answers ${expected} to ${label}`, () => {
      assert.equal(chooseLocale({ uiLocales, acceptLanguage }), expected);
    });
  }
});
