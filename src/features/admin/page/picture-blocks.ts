// Blocks that show charts, timelines and the brand.
import type { BrandSketch } from '#features/branding/stored/brand-sketch.ts';
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
  /** Shown instead of a picture in which every value is zero. */
  readonly empty: string;
  readonly picture: ChartPicture;
}

/** Sessions or tokens on a timeline. */
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
  /** Time since the previous item, such as "2 hours later". */
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

/** The current images of the brand, each with a link to change it. */
export interface ImagesBlock {
  readonly kind: 'images';
  readonly title: string;
  readonly images: readonly {
    readonly label: string;
    readonly hint: string;
    /** URL of the image; absent if there is none. */
    readonly src?: string | undefined;
    /** Shown on a dark surface. */
    readonly isDark: boolean;
    readonly action?:
      | { readonly id: string; readonly label: string; readonly href: string }
      | undefined;
  }[];
}

/** A brand that is not stored yet, on the sign-in page in frames. */
export interface SketchesBlock {
  readonly kind: 'sketches';
  readonly sketches: readonly (BrandSketch & { readonly href: string })[];
}
