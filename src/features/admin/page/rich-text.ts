// A piece of text on a page of the panel: plain, a link, a label or a time.
import type { ProviderMark } from '#config/kinds/providers/provider-logos.ts';

/** A mark of public/providers.svg, or an image elsewhere. */
export type Logo = { readonly symbol: ProviderMark | 'other' } | { readonly url: string };

export type Tone = 'good' | 'warning' | 'danger' | 'quiet';

export interface Rest {
  readonly text: string;
  /** A link to the full text. */
  readonly link?: { readonly label: string; readonly href: string } | undefined;
}

export interface RichText {
  readonly text: string;
  readonly href?: string | undefined;
  /** Shown as a label in this tone. */
  readonly tag?: Tone | undefined;
  readonly isCode?: boolean | undefined;
  readonly isStrong?: boolean | undefined;
  /** A link to an action that removes or revokes something. */
  readonly isDangerous?: boolean | undefined;
  /** Shown before the text. */
  readonly logo?: Logo | undefined;
  /** A second line. */
  readonly hint?: string | undefined;
  /** Further text, collapsed below the second line. */
  readonly rest?: Rest | undefined;
  /** The second line is an id. */
  readonly isCodeHint?: boolean | undefined;
  /** The exact time that `text` describes, ISO 8601. */
  readonly time?: string | undefined;
}
