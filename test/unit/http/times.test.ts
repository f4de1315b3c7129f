// Times on pages and in mail, in the language and the time zone of a user.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeDate, describeTime, showTime } from '#http/i18n/times.ts';

const at = '2026-03-04T05:06:00.000Z';
const english = 'March 4, 2026 at 5:06 AM UTC';

describe('an absolute time', () => {
  it('is formatted per language and time zone, also when asked again', () => {
    for (let round = 0; round < 2; round += 1) {
      // Newer versions of ICU separate the time from AM by another space.
      assert.equal(describeTime('en', at, '').replaceAll('\u202f', ' '), english);
      assert.match(describeTime('de', at, 'Europe/Berlin'), /^4\. März 2026 um 06:06 MEZ$/);
      assert.match(describeTime('en', at, 'Asia/Tokyo'), /2:06/);
    }
  });

  it('is in UTC if the time zone is unknown', () => {
    assert.equal(describeTime('en', at, 'Moon/Base').replaceAll('\u202f', ' '), english);
  });

  it('stays correct with more time zones than are kept', () => {
    const zones = Intl.supportedValuesOf('timeZone').slice(0, 150);

    const first = zones.map((zone) => describeTime('en', at, zone));

    assert.deepEqual(
      zones.map((zone) => describeTime('en', at, zone)),
      first,
    );
  });
});

describe('a date', () => {
  it('has no space at which a line could break', () => {
    assert.equal(describeDate('en', new Date(at)), 'March\u00a04,\u00a02026');
    assert.equal(describeDate('de', new Date(at), 'Europe/Berlin'), '4.\u00a0März\u00a02026');
  });
});

const now = new Date('2026-05-04T12:00:00Z');

function wordsAt(seconds: number, locale: 'en' | 'de'): string {
  return showTime(new Date(now.getTime() + seconds * 1000), now, locale).words;
}

describe('a relative time', () => {
  it('is just now for less than a minute ago, in the language of the page', () => {
    assert.deepEqual([wordsAt(0, 'en'), wordsAt(-59, 'en')], ['just now', 'just now']);
    assert.equal(wordsAt(-5, 'de'), 'gerade eben');
  });

  it('is never past for what is still to come', () => {
    assert.deepEqual([wordsAt(1, 'en'), wordsAt(59, 'en')], ['in 1 minute', 'in 1 minute']);
  });

  it('has the largest unit that fits', () => {
    assert.equal(wordsAt(-60, 'en'), '1 minute ago');
    assert.equal(wordsAt(-2 * 3600, 'en'), '2 hours ago');
    assert.equal(wordsAt(7 * 24 * 3600, 'en'), 'in 7 days');
  });
});
