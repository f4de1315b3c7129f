/**
 * The messages of all languages have the same keys and placeholders, and the language is chosen by
 * the client's and the browser's preferences.
 */
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

const root = new URL('../../../', import.meta.url);

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

describe('message files', () => {
  it('exist for every supported language', () => {
    const files = readdirSync(new URL('locales/', root)).map((name) => name.replace('.json', ''));
    assert.deepEqual(files.toSorted(), locales.toSorted());
  });

  for (const locale of locales) {
    const catalogue = catalogueOf(locale);

    it(`have the keys of English, in the same order, in ${locale}`, () => {
      assert.deepEqual(Object.keys(catalogue), Object.keys(catalogueOf(defaultLocale)));
    });

    it(`have no empty or untrimmed message in ${locale}`, () => {
      for (const [key, message] of Object.entries(catalogue)) {
        for (const text of variantsOf(message)) assert.match(text, /^\S(?:.*\S)?$/, key);
      }
    });

    it(`have the placeholders of English, in each plural form, in ${locale}`, () => {
      for (const [key, message] of Object.entries(catalogue)) {
        assert.ok(isMessageKey(key));
        const [english = ''] = variantsOf(catalogueOf(defaultLocale)[key]);
        for (const text of variantsOf(message)) {
          assert.deepEqual(placeholdersOf(text), placeholdersOf(english), key);
        }
      }
    });

    it(`have a form for every plural category of ${locale}`, () => {
      const { pluralCategories } = new Intl.PluralRules(locale).resolvedOptions();
      for (const [key, message] of Object.entries(catalogue)) {
        if (typeof message === 'string') continue;
        assert.deepEqual(Object.keys(message).toSorted(), pluralCategories.toSorted(), key);
      }
    });
  }

  it('have a message for every error code', () => {
    const missing = Object.keys(errorStatus).filter(
      (code) => !isMessageKey(`error.message.${code}`),
    );
    assert.deepEqual(missing, []);
  });

  it('have every key that a view uses', () => {
    const asked = [...readSources('views', '.ejs').matchAll(/\bt\('([^']+)'/g)].map(
      ([, key]) => key,
    );
    const missing = asked.filter((key) => key === undefined || !isMessageKey(key));
    assert.deepEqual(missing, []);
  });

  it('have no unused key', () => {
    const sources = readSources('views', '.ejs') + readSources('src', '.ts');
    const isComposed =
      /^(?:scope|claim|activity|error\.message|account(?:\.check|-activity\.filter|-profile\.(?:birthdate|field|locale|problem|section|tab)))\.|^account-sessions\.(?:since|used)|\.title$/;
    const unused = Object.keys(catalogueOf(defaultLocale))
      .filter((key) => !isComposed.test(key))
      .filter((key) => !sources.includes(`'${key}'`));
    assert.deepEqual(unused, []);
  });
});

describe('createTranslator', () => {
  it('fills in placeholders and selects the plural form', () => {
    const t = createTranslator('en');

    assert.equal(t('problem.password.too_short', { count: 1 }), 'Use at least 1 character.');
    assert.equal(t('problem.password.too_short', { count: 12 }), 'Use at least 12 characters.');
  });

  it('formats numbers for the locale', () => {
    assert.match(createTranslator('de')('problem.password.too_short', { count: 1200 }), /1\.200/);
  });

  it('inserts values literally, whatever they contain', () => {
    const t = createTranslator('en');

    assert.equal(
      t('consent.heading', { client: '{client} $& $1' }),
      '{client} $& $1 wants access to your account',
    );
  });

  it('isolates values in right-to-left languages (UAX #9)', () => {
    const heading = createTranslator('ar')('consent.heading', { client: 'Acme (EU)' });

    assert.ok(heading.includes('\u2068Acme (EU)\u2069'));
  });

  it('removes characters that would reorder or break the sentence', () => {
    assert.equal(plainText(' Ac\u202Eme\n\u2028 \u0000App\u2069\uD800 '), 'Ac me   App \uFFFD');
  });
});

describe('chooseLocale', () => {
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
    it(`returns ${expected} for ${label}`, () => {
      assert.equal(chooseLocale({ uiLocales, acceptLanguage }), expected);
    });
  }

  it('prefers the request, then the choice, the profile and the language remembered from one', () => {
    const wishes = {
      uiLocales: 'sv',
      chosen: 'fr',
      profile: 'de-AT',
      remembered: 'it',
      acceptLanguage: 'ja',
    } as const;

    assert.equal(chooseLocale({ ...wishes, uiLocales: 'sv es' }), 'es');
    assert.equal(chooseLocale(wishes), 'fr');
    assert.equal(chooseLocale({ ...wishes, chosen: undefined }), 'de');
    assert.equal(chooseLocale({ ...wishes, chosen: undefined, profile: 'nl' }), 'it');
    assert.equal(chooseLocale({ acceptLanguage: 'ja' }), 'ja');
  });
});
