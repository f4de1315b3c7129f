// Profile values that consist of parts: birthdates, phone numbers, time zones and countries.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { locales } from '#http/i18n/languages.ts';
import { joinBirthdate, splitBirthdate } from '#features/profile/fields/birthdate.ts';
import { countryCodes } from '#features/profile/fields/country-codes.ts';
import {
  callingCodeOptions,
  completeTimeZone,
  countryOptions,
  findCountry,
  languageOptions,
  shortTimeZone,
} from '#features/profile/fields/options.pages.ts';
import { joinPhoneNumber, splitPhoneNumber } from '#features/profile/fields/phone-number.ts';
import { readStandardClaims } from '#core/users/users.ts';

describe('birthday', () => {
  for (const value of ['1987', '1987-05-23', '0000-05-03', '']) {
    it(`survives splitting and joining: ${value}`, () => {
      assert.equal(joinBirthdate(splitBirthdate(value)), value);
    });
  }

  it('is not a valid date with a day or a month alone', () => {
    for (const parts of [
      { day: '3', month: '', year: '1987' },
      { day: '', month: '05', year: '1987' },
    ]) {
      assert.throws(() => readStandardClaims({ birthdate: joinBirthdate(parts) }));
    }
  });
});

describe('phone number', () => {
  const cases = [
    ['+49 30 1234567', 'DE', '30 1234567'],
    ['+1 212-555-1234', 'US', '212-555-1234'],
    ['+1 876 555 1234', 'JM', '555 1234'],
    ['+44 20 7946 0000;ext=7', 'GB', '20 7946 0000;ext=7'],
    ['030 1234567', '', '030 1234567'],
    ['+999 1', '', '+999 1'],
  ] as const;
  for (const [value, country, number] of cases) {
    it(`${value} has the country ${country}`, () => {
      assert.deepEqual(splitPhoneNumber(value), { country, number });
    });
  }

  it('loses its leading zero after a calling code, except where it belongs to the number', () => {
    assert.equal(joinPhoneNumber('49', '030 1234567'), '+49 30 1234567');
    assert.equal(joinPhoneNumber('44', '(0)20 7946 0000'), '+44 20 7946 0000');
    assert.equal(joinPhoneNumber('39', '06 1234567'), '+39 06 1234567');
  });

  it('may include the code, and is invalid without one', () => {
    assert.equal(joinPhoneNumber('', '+49 30 1'), '+49 30 1');
    assert.equal(joinPhoneNumber('49', '0041 44 1'), '+41 44 1');
    assert.equal(joinPhoneNumber('', '030 1'), undefined);
    assert.equal(joinPhoneNumber('999', '030 1'), undefined);
  });
});

describe('country', () => {
  for (const locale of locales) {
    it(`has a name and a calling code in ${locale}, each once`, () => {
      const names = countryOptions(locale).map(({ text }) => text);
      assert.equal(new Set(names).size, countryCodes.length);
      for (const option of callingCodeOptions(locale)) assert.match(option, /^\D.*? \+\d{1,4}$/);
    });
  }

  it('is found by its code and its names', () => {
    assert.equal(findCountry('de', 'fr'), 'DE');
    assert.equal(findCountry('Allemagne', 'fr'), 'DE');
    assert.equal(findCountry('Germany', 'fr'), 'DE');
    assert.equal(findCountry('Atlantis', 'fr'), undefined);
  });
});

describe('time zone', () => {
  it('is shown as a city that stands for it', () => {
    for (const zone of Intl.supportedValuesOf('timeZone')) {
      assert.equal(completeTimeZone(shortTimeZone(zone)), zone);
    }
    assert.equal(shortTimeZone('America/New_York'), 'New York');
  });

  it('is found by city in any case, and by its own name', () => {
    assert.equal(completeTimeZone(' new york '), 'America/New_York');
    assert.equal(completeTimeZone('europe/berlin'), 'Europe/Berlin');
    assert.equal(completeTimeZone('Etc/GMT+3'), 'Etc/GMT+3');
    assert.equal(completeTimeZone('Nowhere'), 'Nowhere');
  });
});

describe('languages', () => {
  it('include the current value, also if it is not well-formed', () => {
    for (const value of ['gd', 'x!']) {
      assert.ok(languageOptions(value).others.some((each) => each.value === value));
    }
    assert.ok(languageOptions('').pages.some(({ text }) => text === 'Deutsch'));
  });
});
