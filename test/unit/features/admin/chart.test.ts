// The shapes of the charts on the overview of the panel.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawBars, drawGroups } from '#features/admin/page/chart.ts';

const hours = Array.from({ length: 24 }, (_, hour) => new Date(Date.UTC(2026, 4, 4, hour)));
const only = (hour: number, value: number) => hours.map((_, at) => (at === hour ? value : 0));

describe('a chart over hours', () => {
  it('shows every hour, including those without a value', () => {
    const { tracks, bars } = drawBars(hours, [{ label: 'succeeded', values: only(23, 1) }]);

    assert.equal(tracks.length, 24);
    assert.equal(bars.length, 1);
    assert.ok(bars.every(({ x }) => x === tracks[23]?.x));
  });

  it('has a few whole numbers in one format on its axis, whatever the values', () => {
    for (const value of [1, 3, 8, 10, 97, 1200, 25_000]) {
      for (const draw of [drawBars, drawGroups]) {
        const labels = draw(hours, [{ label: 'a', values: only(2, value) }]).lines;
        const texts = labels.map(({ label }) => label);
        assert.ok(texts.length >= 3 && texts.length <= 4, texts.join(' '));
        assert.ok(
          texts.every((text) => /^\d{1,3}(?:\.\d)?K?$/.test(text)),
          texts.join(' '),
        );
      }
    }
  });

  it('stacks parts of a whole, and places other counts side by side', () => {
    const series = [
      { label: 'a', values: only(5, 4) },
      { label: 'b', values: only(5, 2) },
    ];
    const stacked = drawBars(hours, series).bars;
    const grouped = drawGroups(hours, series).bars;

    assert.equal(stacked[0]?.x, stacked[1]?.x);
    assert.ok(Number(grouped[0]?.x) + Number(grouped[0]?.width) <= Number(grouped[1]?.x));
    assert.equal(Number(grouped[0]?.height), 2 * Number(grouped[1]?.height));
  });

  it('is empty if every value is zero', () => {
    assert.equal(drawBars(hours, [{ label: 'a', values: only(0, 0) }]).isEmpty, true);
    assert.equal(drawGroups(hours, [{ label: 'a', values: only(0, 1) }]).isEmpty, false);
  });
});
