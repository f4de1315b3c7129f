// Times in mail, in the language and the time zone of a user.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeTime } from '#http/i18n/times.ts';

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
