// The interface of a kind of object in a configuration file. A kind is one file in this folder and one line
// in kinds.service.ts.
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

/** Reads and writes through services that share the transaction of the file. */
export interface BoundKind {
  /** All objects by key, as a complete file would describe them. */
  read(): Promise<ReadonlyMap<string, Values>>;
  /**
   * Validates an object from the file and adds defaults; the result has the form that `read` returns.
   * @throws AppError `invalid_input`
   */
  complete(entry: Entry, before: Values | undefined): Promise<Values>;
  /** True if the secret in the file differs from the stored one. */
  hasOtherSecret?(entry: Entry): Promise<boolean>;
  write(change: KindChange): Promise<Written>;
  /** For references to other objects; runs after all objects of every kind were written. */
  finish?(change: KindChange): Promise<void>;
  remove(key: string): Promise<Written>;
}

export interface Kind<Services> extends SectionRules {
  bind(services: Services): BoundKind;
}
