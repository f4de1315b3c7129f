// What the cases of all endpoints choose from.
import type { RegisteredApp } from '#test/support/data/registrations.ts';
import {
  unusualAuthentications,
  unusualShapes,
  usualAuthentications,
  usualShapes,
  type Authentication,
  type Shape,
} from './requests.ts';

export type Choice<Value> = readonly [name: string, value: Value];
export type Pairs = readonly (readonly [string, string])[];
export type Headers = readonly (readonly [string, string])[];

export interface Choices {
  readonly client: readonly Choice<RegisteredApp | undefined>[];
  readonly authentication: readonly Choice<Authentication>[];
  readonly subject: readonly Choice<Pairs>[];
  readonly option: readonly Choice<Pairs>[];
  readonly extra: readonly Choice<Headers>[];
  readonly shape: readonly Choice<Shape>[];
}

export interface Endpoint {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** The first of each list is the usual one. */
  readonly choices: Choices;
}

export const encode = encodeURIComponent;
export const pair = (name: string, value: string): Choice<Pairs> => [
  `${name}=${value}`,
  [[name, encode(value)]],
];
/** The parameters of a token request. */
export const grantOf = (grant: string, ...others: Pairs): Choice<Pairs> => [
  `${grant} ${others.flat().join(' ')}`,
  [['grant_type', encode(grant)], ...others],
];
export const nothing: Choice<Pairs> = ['nothing', []];
export const authentications = [
  ...Object.entries(usualAuthentications),
  ...Object.entries(unusualAuthentications),
];
export const shapes = [...Object.entries(usualShapes), ...Object.entries(unusualShapes)];
export const noHeaders: readonly Choice<Headers>[] = [['', []]];
