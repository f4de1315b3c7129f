// A piece of text on a page of the panel: plain, a link, a label or a time.

export type Tone = 'good' | 'warning' | 'danger' | 'quiet';

export interface RichText {
  readonly text: string;
  readonly href?: string | undefined;
  /** Shown as a label in this tone. */
  readonly tag?: Tone | undefined;
  readonly isCode?: boolean | undefined;
  readonly isStrong?: boolean | undefined;
  /** A second line. */
  readonly hint?: string | undefined;
  /** The exact time that `text` describes, ISO 8601. */
  readonly time?: string | undefined;
}
