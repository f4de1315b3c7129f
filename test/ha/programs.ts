// The programs of this suite, which are Debian packages.
import { accessSync } from 'node:fs';
import { canInstall, findInPath, install } from '#test/support/services/programs.ts';

const packages = {
  patroni: 'patroni',
  etcd: 'etcd-server',
  haproxy: 'haproxy',
  'redis-cli': 'redis-tools',
} as const;

/** Installs what is missing. */
export function provideGroupPrograms(): void {
  const missing = () => Object.entries(packages).filter(([name]) => !isThere(name));
  if (missing().length > 0 && canInstall()) install(missing().map(([, name]) => name));
  const names = missing().map(([, name]) => name);
  if (names.length > 0) throw new Error(`Install these packages: ${names.join(' ')}`);
}

function isThere(name: string): boolean {
  if (findInPath(name)) return true;
  try {
    accessSync(`/usr/sbin/${name}`);
    return true;
  } catch {
    return false;
  }
}
