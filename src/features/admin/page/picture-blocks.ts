// Blocks of a page that show figures and time.
import type { ChartPicture } from './chart.ts';
import type { LanesPicture } from './lanes.ts';
import type { RichText, Tone } from './rich-text.ts';

export interface StatsBlock {
  readonly kind: 'stats';
  readonly stats: readonly {
    readonly label: string;
    readonly value: string;
    readonly hint?: string;
    readonly href?: string;
    readonly tone?: Tone | undefined;
  }[];
}

export interface ChartBlock {
  readonly kind: 'chart';
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly picture: ChartPicture;
}

/** Sessions or tokens on a time line. */
export interface LanesBlock {
  readonly kind: 'lanes';
  readonly title: string;
  readonly summary: string;
  readonly picture: LanesPicture;
}

export interface TimelineItem {
  readonly title: string;
  readonly tone: Tone;
  readonly at?: RichText | undefined;
  /** Since the item before, such as "2 hours later". */
  readonly gap?: string | undefined;
  readonly hint?: string | undefined;
}

/** Events in order, below each other. */
export interface TimelineBlock {
  readonly kind: 'timeline';
  readonly title: string;
  readonly summary: string;
  readonly items: readonly TimelineItem[];
}
