// What both launchers do before the first TypeScript file: check Node, read .env, keep compiled code.
// Plain JavaScript without new syntax, so that an old Node can still say what is missing.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const needed = [22, 18];
/** Long after the start, which is over in a second or two. */
const keepCompiledAfterMilliseconds = 10_000;

/** Imports an entry of src/, or says in two lines why this Node can not. */
export async function launch(entry) {
  if (isTooOld(process.versions.node)) {
    process.stderr.write(
      `Ostiary needs Node.js ${needed.join('.')} or newer; this is ${process.versions.node}.\n` +
        'Run it with "npm start" or "npx ostiary", which bring their own on Linux, or update Node.js.\n',
    );
    process.exitCode = 1;
    return;
  }
  // Variables that are set already win over the file.
  if (existsSync('.env')) process.loadEnvFile('.env');
  // Not in the shared temporary directory: whoever may write there would write our code.
  module.enableCompileCache(
    fileURLToPath(new URL('../node_modules/.cache/ostiary', import.meta.url)),
  );
  // Node would keep what it compiled only when the process ends well.
  setTimeout(() => module.flushCompileCache(), keepCompiledAfterMilliseconds).unref();
  await import(new URL(`../src/${entry}`, import.meta.url).href);
}

function isTooOld(version) {
  const [major, minor] = version.split('.').map(Number);
  return major < needed[0] || (major === needed[0] && minor < needed[1]);
}
