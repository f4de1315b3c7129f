// template.yaml, with the functions of CloudFormation as plain values.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface SamFunction {
  readonly Handler: string;
  readonly Events?: Readonly<Record<string, { readonly Properties: { readonly Input: string } }>>;
}

interface SamResource {
  readonly Type: string;
  readonly Metadata?: { readonly BuildMethod?: string };
  readonly Properties: unknown;
}

export interface SamTemplate {
  readonly Parameters: Readonly<Record<string, { readonly AllowedValues?: readonly string[] }>>;
  readonly Globals: {
    readonly Function: {
      readonly Runtime: string;
      readonly CodeUri: string;
      readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
    };
  };
  readonly Resources: Readonly<Record<string, SamResource>>;
}

const functions = ['Ref', 'Sub', 'If', 'Equals', 'Not', 'Join', 'GetAtt'];

export function readTemplate(): SamTemplate {
  const text = readFileSync(join(import.meta.dirname, '../../../template.yaml'), 'utf8');
  const customTags = functions.flatMap((name) => [
    { tag: `!${name}`, resolve: (value: string) => value },
    { tag: `!${name}`, collection: 'seq' as const },
  ]);
  return parse(text, { customTags }) as SamTemplate; // sam validates its shape
}

/** The functions by their names. */
export function functionsOf({ Resources }: SamTemplate): Readonly<Record<string, SamFunction>> {
  const found = Object.entries(Resources).filter(
    ([, { Type }]) => Type === 'AWS::Serverless::Function',
  );
  return Object.fromEntries(
    found.map(([name, { Properties }]) => [name, Properties as SamFunction]),
  );
}
