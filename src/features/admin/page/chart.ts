// Draws charts as SVG shapes on the server: bars per hour, stacked or side by side. The view writes the
// shapes, and a table with the same figures.
import { scaleBand, scaleLinear } from 'd3-scale';
import { stack } from 'd3-shape';
import { showNumber, showShortNumber } from './formatting.ts';

export interface ChartSeries {
  readonly label: string;
  readonly values: readonly number[];
}

export interface ChartPicture {
  readonly width: number;
  readonly height: number;
  readonly series: readonly { readonly index: number; readonly label: string }[];
  readonly lines: readonly { x1: number; x2: number; y: number; label: string }[];
  readonly bars: readonly {
    readonly series: number;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly title: string;
  }[];
  /** Background of each hour, so that hours without a bar are visible too. */
  readonly tracks: readonly { readonly x: number; readonly width: number }[];
  readonly top: number;
  readonly bottom: number;
  /** Every value is zero. */
  readonly isEmpty: boolean;
  readonly marks: readonly {
    readonly x: number;
    readonly label: string;
    readonly anchor: 'middle' | 'end';
  }[];
  readonly table: readonly { readonly label: string; readonly values: readonly string[] }[];
}

const width = 560;
const height = 190;
const margin = { top: 8, right: 4, bottom: 22, left: 40 };
/** A label under the newest bar and every sixth one before it. */
const markEvery = 6;

const round = (value: number) => Math.round(value * 10) / 10;

function frame(times: readonly Date[], top: number) {
  const x = scaleBand<number>()
    .domain(times.map((_, index) => index))
    .range([margin.left, width - margin.right])
    .padding(0.2);
  const y = scaleLinear()
    .domain([0, Math.max(top, 2)])
    .nice(2)
    .range([height - margin.bottom, margin.top]);
  const ticks = y.ticks(2).filter((tick) => Number.isInteger(tick));
  return {
    x,
    y,
    tracks: times.map((_, at) => ({ x: round(x(at) ?? 0), width: round(x.bandwidth()) })),
    lines: ticks.map((tick) => ({
      x1: margin.left,
      x2: width - margin.right,
      y: round(y(tick)),
      label: showShortNumber(tick),
    })),
    marks: times.flatMap((time, index) =>
      (times.length - 1 - index) % markEvery === 0
        ? [
            {
              // The newest label is right-aligned with its bar, so that it is not cut off.
              x: round((x(index) ?? 0) + x.bandwidth() / (index === times.length - 1 ? 1 : 2)),
              label: hourOf(time),
              anchor: index === times.length - 1 ? ('end' as const) : ('middle' as const),
            },
          ]
        : [],
    ),
  };
}

function describe(times: readonly Date[], series: readonly ChartSeries[]) {
  return {
    width,
    height,
    top: margin.top,
    bottom: height - margin.bottom,
    isEmpty: series.every(({ values }) => values.every((value) => value === 0)),
    series: series.map(({ label }, index) => ({ index, label })),
    table: times.map((time, index) => ({
      label: `${time.toISOString().slice(5, 10)} ${hourOf(time)}`,
      values: series.map(({ values }) => showNumber(values[index] ?? 0)),
    })),
  };
}

function titleOf(time: Date, value: number, label = ''): string {
  return `${hourOf(time)}: ${showNumber(value)} ${label}`;
}

/** Stacked bars of several series, for parts of a whole. */
export function drawBars(times: readonly Date[], series: readonly ChartSeries[]): ChartPicture {
  const totals = times.map((_, at) =>
    series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0),
  );
  const { x, y, ...others } = frame(times, Math.max(...totals));
  const layers = stack<number, number>()
    .keys(series.map((_, index) => index))
    .value((at, index) => series[index]?.values[at] ?? 0)(times.map((_, at) => at));
  const bars = layers.flatMap((layer) =>
    layer.flatMap(([from, to], at) => {
      const time = times[at];
      if (to === from || !time) return [];
      return [
        {
          series: layer.key,
          x: round(x(at) ?? 0),
          y: round(y(to)),
          width: round(x.bandwidth()),
          height: round(y(from) - y(to)),
          title: titleOf(time, to - from, series[layer.key]?.label),
        },
      ];
    }),
  );
  return { ...describe(times, series), ...others, bars };
}

/** Bars of several series side by side, for unrelated counts. */
export function drawGroups(times: readonly Date[], series: readonly ChartSeries[]): ChartPicture {
  const { x, y, ...others } = frame(times, Math.max(...series.flatMap(({ values }) => values)));
  const barWidth = x.bandwidth() / series.length;
  const bars = series.flatMap(({ label, values }, index) =>
    times.flatMap((time, at) => {
      const value = values[at] ?? 0;
      if (value === 0) return [];
      return [
        {
          series: index,
          x: round((x(at) ?? 0) + index * barWidth),
          y: round(y(value)),
          width: round(barWidth - 1),
          height: round(y(0) - y(value)),
          title: titleOf(time, value, label),
        },
      ];
    }),
  );
  return { ...describe(times, series), ...others, bars };
}

function hourOf(time: Date): string {
  return time.toISOString().slice(11, 16);
}
