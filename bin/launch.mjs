// Shared by both launchers, before the first TypeScript file is loaded: checks the Node.js version,
// reads .env and enables the compile cache. Plain JavaScript without recent syntax, so that an old
// Node.js can still print what is missing.
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const needed = [22, 18];
/** Well after the start, which takes one or two seconds. */
const keepCompiledAfterMilliseconds = 10_000;

/** Imports an entry point of src/, or prints why this Node.js version cannot run it. */
export async function launch(entry) {
  if (isTooOld(process.versions.node)) {
    process.stderr.write(
      `Ostiary needs Node.js ${needed.join('.')} or newer; this is ${process.versions.node}.\n` +
        'Run it with "npm start" or "npx ostiary", which include it on Linux, or update Node.js.\n',
    );
    process.exitCode = 1;
    return;
  }
  // Variables that are already set take precedence over the file.
  if (existsSync('.env')) process.loadEnvFile('.env');
  // Not in the shared temporary directory: any user who can write there could replace the code.
  module.enableCompileCache(
    fileURLToPath(new URL('../node_modules/.cache/ostiary', import.meta.url)),
  );
  // Node.js would write the cache only when the process exits normally.
  setTimeout(() => module.flushCompileCache(), keepCompiledAfterMilliseconds).unref();
  await import(findEntry(entry).href);
}

/**
 * The sources of a working copy, otherwise what deploy/package/build.ts made of them. Node.js strips no types
 * below node_modules; a package that was packed without its build does so itself, which takes longer.
 */
function findEntry(entry) {
  const source = new URL(`../src/${entry}`, import.meta.url);
  const built = new URL(`../dist/package/${entry.replace('.ts', '.mjs')}`, import.meta.url);
  const isPackage = fileURLToPath(source).includes('/node_modules/');
  const isBuilt = isPackage || !existsSync(source);
  if (isBuilt && existsSync(built)) return built;
  if (isPackage) stripTypesBelow(new URL('..', import.meta.url).href);
  return source;
}

function stripTypesBelow(directory) {
  module.registerHooks({
    load(url, context, nextLoad) {
      const isOurs = url.startsWith(directory) && url.endsWith('.ts');
      if (!isOurs || url.slice(directory.length).includes('node_modules/'))
        return nextLoad(url, context);
      const source = module.stripTypeScriptTypes(readFileSync(new URL(url), 'utf8'));
      return { format: 'module', source, shortCircuit: true };
    },
  });
}

function isTooOld(version) {
  const [major, minor] = version.split('.').map(Number);
  return major < needed[0] || (major === needed[0] && minor < needed[1]);
}
