// The regression line with which the soak test judges growth.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fitLine } from '#test/soak/regression.ts';

const pointsOf = (value: (index: number) => number) =>
  Array.from({ length: 60 }, (_, index) => ({ seconds: index * 60, value: value(index) }));

describe('fitLine', () => {
  it('finds the slope of a leak, per hour', () => {
    const { slope, atLeast } = fitLine(pointsOf((index) => 100 + index / 10));

    assert.ok(Math.abs(slope - 6) < 1e-9, String(slope));
    assert.ok(Math.abs(atLeast - 6) < 1e-6, String(atLeast));
  });

  it('is not certain of a slope when garbage collection causes a sawtooth', () => {
    const { atLeast } = fitLine(pointsOf((index) => 100 + (index % 7) * 3));

    assert.ok(atLeast <= 0, String(atLeast));
  });

  it('is not certain of a slope of a slow wave, where single points would be', () => {
    const { slope, atLeast } = fitLine(pointsOf((index) => 100 + 8 * Math.sin(index / 5 + 3.2)));

    assert.ok(slope > 0, String(slope));
    assert.ok(atLeast <= 0, String(atLeast));
  });

  it('is certain of a leak below the noise of single measurements', () => {
    const { atLeast } = fitLine(pointsOf((index) => 100 + index / 30 + ((index * 5) % 13) / 3));

    assert.ok(atLeast > 1, String(atLeast));
  });

  it('refuses fewer points than it averages', () => {
    const few = pointsOf(() => 1).slice(0, 9);

    assert.throws(() => fitLine(few), RangeError);
  });
});
