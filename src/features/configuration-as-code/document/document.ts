// The content of a configuration file, after its syntax and its secrets were read.
import type { z } from 'zod';

export const documentVersion = 1;
export const maxFileBytes = 5 * 1024 * 1024;

/** The members of one object, as the file has them. */
export type Values = Readonly<Record<string, unknown>>;

/** A secret is never written in the file. */
export interface Secret {
  readonly value: string;
  /** How long the previous secret stays valid. */
  readonly overlapSeconds: number;
}

export interface Entry {
  /** Name of the object: `client_id`, audience, id of the role, name of the group. */
  readonly key: string;
  readonly values: Values;
  /** Where the object is in the file, such as `line 12, column 3`. */
  readonly place: string;
  readonly secret?: Secret | undefined;
}

export interface Section {
  readonly kind: string;
  readonly entries: readonly Entry[];
}

export interface ConfigurationDocument {
  readonly sections: readonly Section[];
}

/** What the reader of a file must know of a kind of object. */
export interface SectionRules {
  /** Name of the section of the file. */
  readonly name: string;
  /** The rest of a sentence that begins with the key; `undefined` for a valid one. */
  findKeyFault(key: string): string | undefined;
  readonly schema: z.ZodType<Values>;
  /** The member that refers to a secret. */
  readonly secretMember?: string | undefined;
}

/** Objects of one kind by key, in the order of the keys. */
export type ExportedObjects = ReadonlyMap<string, Values>;
