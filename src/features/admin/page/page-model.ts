// A page of the panel as data: a list of blocks, which views/admin/admin-page.ejs renders. All pages
// are made of the same blocks, so that they look and behave alike. Texts are English, like those of
// the command line.
import type { ChecklistBlock, ChoicesBlock } from './choice-blocks.ts';
import type { ManagementScope } from '#core/clients/scopes.ts';
import type {
  ChartBlock,
  ImagesBlock,
  LanesBlock,
  SketchesBlock,
  StatsBlock,
  TimelineBlock,
} from './picture-blocks.ts';
import type { RichText, Tone } from './rich-text.ts';

export type { RichText, Tone } from './rich-text.ts';

export type Cell = string | RichText | readonly RichText[];

export interface Link {
  readonly id?: string;
  readonly label: string;
  readonly href: string;
}

export interface ActionLink extends Link {
  /** `quiet`: a link to another list rather than a button. */
  readonly tone?: 'danger' | 'main' | 'quiet' | undefined;
  /** Scope that an administrator needs to see this. */
  readonly scope: ManagementScope;
}

export interface Fact {
  readonly label: string;
  readonly value: Cell;
  /** The action that changes it; shown only to administrators with the scope. */
  readonly action?: ActionLink | undefined;
  /** The id of the value, which a button copies. */
  readonly copyId?: string | undefined;
}

export interface FactsBlock {
  readonly kind: 'facts';
  readonly title?: string;
  /** Shown beside the title, only to administrators with the scope. */
  readonly action?: ActionLink | undefined;
  /** Placed among the tables, where there is room for long values. */
  readonly isMain?: boolean | undefined;
  /** A few short facts, shown in one line across the page if there is room. */
  readonly isStrip?: boolean | undefined;
  readonly facts: readonly Fact[];
  /** Facts that are collapsed at first. */
  readonly folded?: { readonly label: string; readonly facts: readonly Fact[] } | undefined;
}

export interface Column {
  readonly label: string;
  readonly isNumber?: boolean;
}

export interface TableBlock {
  readonly kind: 'table';
  readonly title?: string;
  /** Names the table for screen readers; the title if it has one. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Shown instead of an empty table. */
  readonly empty: string;
  /** The action that adds a first row; shown below `empty` to administrators with the scope. */
  readonly begin?: ActionLink | undefined;
  /** On a phone, a row shows its first three cells in two lines, until it is opened. */
  readonly isFolded?: boolean | undefined;
  /** Needs the whole width: shown below the facts of a page, not beside them. */
  readonly isWide?: boolean | undefined;
  readonly next?: string | undefined;
  readonly more?: Link | undefined;
}

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly hint?: string | undefined;
  /** Ticked, in a field of the type `checks`. */
  readonly isOn?: boolean | undefined;
  /**
   * The heading of the option's group, in a field of the type `checks`; options of one group are adjacent.
   */
  readonly group?: string | undefined;
  /** The beginning of the label, which the heading already shows; only screen readers read it. */
  readonly prefix?: string | undefined;
}

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type:
    | 'text'
    | 'email'
    | 'password'
    | 'datetime-local'
    | 'select'
    | 'lines'
    | 'check'
    | 'checks'
    | 'file'
    | 'hidden'
    | 'group'
    | 'set';
  readonly value?: string | undefined;
  readonly hint?: string | undefined;
  readonly placeholder?: string | undefined;
  readonly isRequired?: boolean | undefined;
  /** Required unless another field is filled in, so it is not marked as optional. */
  readonly isAlternative?: boolean | undefined;
  /** A color shown beside the field. */
  readonly swatch?: string | undefined;
  readonly options?: readonly Option[] | undefined;
  readonly maxLength?: number | undefined;
  /** Media types that a field of the type `file` offers. */
  readonly accept?: string | undefined;
  /** Of a field of the type `set`, or `group`, which is folded unless its value is `open`. */
  readonly fields?: readonly Field[] | undefined;
  /** True if a field of the type `checks` is collapsed unless something is ticked. */
  readonly isFolded?: boolean | undefined;
}

export interface FormBlock {
  readonly kind: 'form';
  readonly title?: string;
  /** What the form is about, above its fields. */
  readonly facts?: readonly Pick<Fact, 'label' | 'value'>[] | undefined;
  readonly fields: readonly Field[];
  readonly submit: string;
  readonly isDangerous?: boolean | undefined;
  /** One of the fields is a file. */
  readonly hasFile?: boolean | undefined;
  /** The label of a second button, which sends `preview`. */
  readonly preview?: string | undefined;
  /** Absent if the page consists of the form only. */
  readonly cancelHref?: string | undefined;
  /** Set by the panel. */
  readonly action?: string;
  readonly formToken?: string;
}

export interface SearchBlock {
  readonly kind: 'search';
  readonly action: string;
  readonly fields: readonly Field[];
  readonly submit: string;
}

export interface NoteBlock {
  readonly kind: 'note';
  readonly id: string;
  readonly tone: Tone;
  readonly text: string;
  readonly items?: readonly string[] | undefined;
}

export interface CodeBlock {
  readonly kind: 'code';
  readonly id: string;
  readonly title: string;
  readonly hint?: string | undefined;
  readonly text: string;
}

export type Block =
  | FactsBlock
  | TableBlock
  | StatsBlock
  | ChartBlock
  | LanesBlock
  | TimelineBlock
  | FormBlock
  | SearchBlock
  | NoteBlock
  | CodeBlock
  | ChecklistBlock
  | ChoicesBlock
  | SketchesBlock
  | ImagesBlock;

export interface PanelPage {
  /** The page shows pages of this server in frames. */
  readonly hasFrames?: boolean;
  readonly title: string;
  readonly lead?: string | undefined;
  /** Labels beside the title. */
  readonly tags?: readonly RichText[] | undefined;
  readonly back?: Link | undefined;
  readonly actions?: readonly ActionLink[] | undefined;
  readonly blocks: readonly Block[];
}
