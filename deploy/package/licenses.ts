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

/** Packages whose lock entry names no license, with the license of their LICENSE file. */
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

/** Licenses under which a package may be part of an installation, by their SPDX identifiers. */
const permitted = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  // libvips, a library of its own that is loaded at run time and can be replaced.
  'LGPL-3.0-or-later',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  // Fonts, which are delivered as they are.
  'OFL-1.1',
  'Python-2.0',
]);

/** AND requires every license of the expression to be permitted, OR at least one. */
export function isPermitted({ license }: LicensedPackage): boolean {
  const choices = license.replaceAll(/[()]/g, '').split(' OR ');
  return choices.some((choice) => choice.split(' AND ').every((name) => permitted.has(name)));
}
