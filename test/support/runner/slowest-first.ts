// The order in which test files start. The slowest are first, so that none of them runs alone at
// the end while the other processors are idle.

/** From slow to fast; files that match none are last. */
const slow: readonly RegExp[] = [
  /^test\/faults\/revocation-races/,
  /^test\/architecture\/static-checks/,
  /^test\/browser\//,
  /^test\/integration\/cli\//,
  /^test\/faults\//,
  /^test\/integration\/(?:nodes|user-import|federation|database|audit)\//,
  /^test\/integration\//,
];

export function slowestFirst(files: readonly string[]): readonly string[] {
  return files.toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

function rank(file: string): number {
  const index = slow.findIndex((pattern) => pattern.test(file));
  return index === -1 ? slow.length : index;
}
