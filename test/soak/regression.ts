// A straight line through measurements, and how certain its slope is. Consecutive measurements are
// correlated, so the deviations of single points are not independent errors, and any slow wave would look
// like certain growth. Therefore the line is fitted to the means of blocks of points.

export interface Point {
  readonly seconds: number;
  readonly value: number;
}

export interface Line {
  /** Slope per hour. */
  readonly slope: number;
  /** The slope is at least this, with a probability of 97.5 %. */
  readonly atLeast: number;
}

const blockCount = 10;
/** Standard errors: Student's distribution with two degrees of freedom less than blocks. */
const certainty = 2.306;

export function fitLine(measured: readonly Point[]): Line {
  const points = averageBlocks(measured);
  const count = points.length;
  const mean = (of: (point: Point) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / count;
  const [middle, level] = [mean(({ seconds }) => seconds), mean(({ value }) => value)];
  const spread = points.reduce((sum, { seconds }) => sum + (seconds - middle) ** 2, 0);
  const shared = points.reduce(
    (sum, { seconds, value }) => sum + (seconds - middle) * (value - level),
    0,
  );
  const slope = shared / spread;
  const rest = points.reduce(
    (sum, { seconds, value }) => sum + (value - level - slope * (seconds - middle)) ** 2,
    0,
  );
  const error = Math.sqrt(rest / (count - 2) / spread);
  return { slope: slope * 3600, atLeast: (slope - certainty * error) * 3600 };
}

/** Blocks of about the same number of consecutive points. */
function averageBlocks(points: readonly Point[]): readonly Point[] {
  if (points.length < blockCount) throw new RangeError(`a line needs ${blockCount} points`);
  return Array.from({ length: blockCount }, (_, index) => {
    const at = (block: number) => Math.round((block * points.length) / blockCount);
    const block = points.slice(at(index), at(index + 1));
    const mean = (of: (point: Point) => number) =>
      block.reduce((sum, point) => sum + of(point), 0) / block.length;
    return { seconds: mean(({ seconds }) => seconds), value: mean(({ value }) => value) };
  });
}
