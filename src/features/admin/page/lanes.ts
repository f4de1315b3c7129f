// Draws a timeline with one lane for each session or refresh token family: a bar from its start to its end,
// and dots for its events.
import { scaleUtc } from 'd3-scale';
import type { Tone } from './rich-text.ts';

export interface Lane {
  readonly label: string;
  readonly from: Date;
  readonly to: Date;
  readonly tone: Tone;
  readonly events: readonly { readonly at: Date; readonly tone: Tone; readonly label: string }[];
}

export interface LanesPicture {
  readonly width: number;
  readonly height: number;
  readonly marks: readonly { x: number; label: string; anchor: 'start' | 'middle' | 'end' }[];
  readonly lanes: readonly {
    readonly label: string;
    readonly labelX: number;
    readonly tone: Tone;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly dots: readonly { readonly x: number; readonly tone: Tone; readonly label: string }[];
  }[];
}

const width = 560;
const laneHeight = 48;
const side = 10;
/** Labels closer than this would overlap. */
const markGap = 70;
const minuteMilliseconds = 60_000;
const dayMilliseconds = 24 * 60 * minuteMilliseconds;

const round = (value: number) => Math.round(value * 10) / 10;

/** The minimum period shown; it is extended to show every lane completely. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

export function drawLanes(lanes: readonly Lane[], span: Span): LanesPicture {
  const starts = lanes.map(({ from }) => from.getTime());
  const ends = lanes.flatMap(({ to, events }) => [to, ...events.map(({ at }) => at)]);
  const first = Math.min(...starts, span.from.getTime());
  const last = Math.max(...ends.map((at) => at.getTime()), span.to.getTime());
  const x = scaleUtc()
    .domain([new Date(first), new Date(last)])
    .range([side, width - side]);
  const place = (at: Date) => round(Math.min(Math.max(x(at), side), width - side));
  const height = lanes.length * laneHeight + 28;
  const format = x.tickFormat(5, tickFormat(last - first));
  const marks = x
    .ticks(5)
    .reduce<readonly Date[]>((kept, tick) => {
      const before = kept.at(-1);
      return before && x(tick) - x(before) < markGap ? kept : [...kept, tick];
    }, [])
    .map((tick) => {
      const at = round(x(tick));
      const anchor = at < 40 ? 'start' : at > width - 40 ? 'end' : 'middle';
      return { x: at, label: format(tick), anchor } as const;
    });
  return {
    width,
    height,
    marks,
    lanes: lanes.map(({ label, from, to, tone, events }, index) => ({
      label,
      // A lane that begins near the right edge has its label to the left of its start.
      labelX: Math.min(place(from), width * 0.55),
      tone,
      x: place(from),
      y: index * laneHeight + 24,
      width: round(Math.max(place(to) - place(from), 6)),
      dots: events.map((event) => ({ x: place(event.at), tone: event.tone, label: event.label })),
    })),
  };
}

function tickFormat(milliseconds: number): string {
  if (milliseconds > 2 * dayMilliseconds) return '%d %b';
  return milliseconds > 5 * minuteMilliseconds ? '%H:%M' : '%H:%M:%S';
}
