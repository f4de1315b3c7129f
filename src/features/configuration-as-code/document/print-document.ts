// Prints the objects of an installation as a configuration file.
import { Document, isMap, isScalar } from 'yaml';
import type { ExportedObjects } from './document.ts';
import { documentVersion } from './document.ts';

const heading = ` Configuration of Ostiary, printed by "ostiary export".
 "ostiary apply FILE --plan" shows how an installation differs from it.
 Secrets are not part of it; a client keeps the secret that it has.`;

export interface PrintedKind {
  readonly kind: string;
  readonly objects: ExportedObjects;
}

export function printYaml(kinds: readonly PrintedKind[]): string {
  // Anchors would make the file shorter, and harder to read and to change.
  const document = new Document(toDocument(kinds), {
    aliasDuplicateObjects: false,
    version: '1.2',
  });
  document.commentBefore = heading;
  if (isMap(document.contents)) {
    for (const { key } of document.contents.items.slice(1))
      if (isScalar(key)) key.spaceBefore = true;
  }
  return document.toString({ lineWidth: 0 });
}

export function toDocument(kinds: readonly PrintedKind[]): Readonly<Record<string, unknown>> {
  const sections = kinds.map(({ kind, objects }) => [kind, Object.fromEntries(objects)] as const);
  return { version: documentVersion, ...Object.fromEntries(sections) };
}
