// A straight line through measurements, and how certain its slope is.

export interface Point {
  readonly seconds: number;
  readonly value: number;
}

export interface Line {
  /** Per hour. */
  readonly slope: number;
  /** The slope is at least this, with a probability of about 97.5 %. */
  readonly atLeast: number;
}

/** Two standard errors. */
const certainty = 2;

export function fitLine(points: readonly Point[]): Line {
  const count = points.length;
  if (count < 3) throw new RangeError('a line needs three points');
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
