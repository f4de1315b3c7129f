// Whole numbers with bounds.
import type { Kind } from '#config/setting.ts';

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

interface Bounds {
  readonly min: number;
  readonly max: number;
}

export function wholeNumber({ min, max, unit }: Bounds & { readonly unit?: string }): Kind<number> {
  return {
    values: `whole number, ${min} to ${max}`,
    ...(unit === undefined ? {} : { unit }),
    parse(text) {
      const value = /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : Number.NaN;
      if (value >= min && value <= max) return value;
      throw new Error(`must be a whole number from ${min} to ${max}`);
    },
    describe: String,
  };
}

export function seconds(bounds: Bounds): Kind<number> {
  return {
    ...wholeNumber({ ...bounds, unit: 'seconds' }),
    describe(value) {
      const [unit, length] = units.find(([, each]) => value > 0 && value % each === 0) ?? [];
      if (unit === undefined || length === undefined) return String(value);
      const count = value / length;
      return `${value} (${count} ${unit}${count === 1 ? '' : 's'})`;
    },
  };
}
