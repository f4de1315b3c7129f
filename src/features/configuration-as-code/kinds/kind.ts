// What a kind of object must provide to be part of a configuration file. A kind is one file in this
// folder and one line in kinds.service.ts.
import type {
  Entry,
  SectionRules,
  Values,
} from '#features/configuration-as-code/document/document.ts';
import type { Effect, FieldChange } from '#features/configuration-as-code/plan.ts';

/** A change of one object, ready to be written. */
export interface KindChange {
  readonly key: string;
  /** `undefined`: the object is new. */
  readonly before: Values | undefined;
  readonly after: Values;
  readonly fields: readonly FieldChange[];
  readonly entry: Entry;
}

export interface Written {
  readonly effects?: readonly Effect[];
  readonly receipt?: string | undefined;
  readonly secret?: string | undefined;
}

/** Reads and writes through services that take part in the transaction of the file. */
export interface BoundKind {
  /** All objects by key, as a file that describes them completely would. */
  read(): Promise<ReadonlyMap<string, Values>>;
  /**
   * Validates an object of the file and adds defaults, in the form of `read`.
   * @throws AppError `invalid_input`
   */
  complete(entry: Entry, before: Values | undefined): Promise<Values>;
  /** True if the secret of the file is not the one that is stored. */
  hasOtherSecret?(entry: Entry): Promise<boolean>;
  write(change: KindChange): Promise<Written>;
  /** Runs after every object of every kind was written: for references to other objects. */
  finish?(change: KindChange): Promise<void>;
  remove(key: string): Promise<Written>;
}

export interface Kind<Services> extends SectionRules {
  bind(services: Services): BoundKind;
}
