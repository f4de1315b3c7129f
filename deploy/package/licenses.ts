// The licenses of the packages that an installation contains, from the lock file.

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

export type Lock = Readonly<Record<string, LockedPackage>>;

export interface LicensedPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** Packages whose lock entry has no license; it is that of their LICENSE file. */
const statedElsewhere: Readonly<Record<string, string>> = {
  decko: 'MIT',
  stickyfill: 'MIT',
};

/** Sorted by name; a package with several versions is listed several times. */
export function listLicenses(lock: Lock): readonly LicensedPackage[] {
  const listed = Object.entries(lock)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, { version = '', license }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return { name, version, license: license ?? statedElsewhere[name] ?? 'unknown' };
    });
  const unique = new Map(listed.map((each) => [`${each.name}@${each.version}`, each]));
  return [...unique.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
