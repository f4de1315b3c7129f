import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { showTime } from '#http/i18n/times.ts';

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
