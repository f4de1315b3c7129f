// The program of a process that several test files share.
import { describe } from 'node:test';
import { pathToFileURL } from 'node:url';

/** Declares a suite with the name of each file, and in it the suites of that file. */
export function declareFiles(files: readonly string[]): void {
  for (const file of files) {
    describe(file, async () => {
      await import(pathToFileURL(file).href);
    });
  }
}
