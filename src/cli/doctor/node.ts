// Checks the version of Node.js.
import manifest from '../../../package.json' with { type: 'json' };
import type { Finding } from './findings.ts';

/** The LTS version with which everything is tested. */
const recommendedMajor = 24;

export function inspectNode(version: string): Finding {
  const check = 'node';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldest = 0, oldestMinor = 0] = readVersion(manifest.engines.node);
  if (major < oldest || (major === oldest && minor < oldestMinor)) {
    const message = `Node.js ${version} is older than ${oldest}.${oldestMinor}.`;
    return { check, state: 'fail', message, next: 'Use "npm start" or install a newer Node.js.' };
  }
  if (major === recommendedMajor) return { check, state: 'ok', message: `Node.js ${version}.` };
  return {
    check,
    state: 'warn',
    message: `Node.js ${version} works, but ${recommendedMajor} is the tested version.`,
    next: `Use Node.js ${recommendedMajor}, which "npm ci" installs on Linux.`,
  };
}

function readVersion(range: string): number[] {
  return range.replace(/^\D+/, '').split('.').map(Number);
}
