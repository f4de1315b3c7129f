// Decides which test files share a process. Starting a process and importing the application costs about a
// second of CPU time, and code that V8 has not yet optimized is slower, so files that share a process need
// half the time.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** With more files per process, the other processors would be idle while the last process runs. */
const maxFiles = 12;

/** The files below these folders share processes. Most others start several processes themselves. */
const shared = /^test\/(?:unit|integration|browser)\//;

/**
 * Files that need a process of their own, because they measure it, or change what its other files would
 * notice.
 */
const alone: readonly RegExp[] = [
  /^test\/integration\/(?:cli\/(?!commands\/)|serverless\/|metrics\/|fast-path\/)/,
  // They measure memory and time.
  /\/(?:memory-bounds|response-times|overhead)\.test\.ts$/,
  // They change the mode of new files for the lifetime of the process, or read it.
  /^test\/integration\/database\/(?:database-users|embedded-postgres|environments)\.test\.ts$/,
];

/**
 * Divides the files among processes, in this order.
 * @param slots the number of processes that run at the same time
 */
export function divide(files: readonly string[], slots: number): readonly (readonly string[])[] {
  const mayShare = (file: string) => shared.test(file) && !alone.some((each) => each.test(file));
  const count = files.filter(mayShare).length;
  const size = Math.min(maxFiles, Math.ceil(count / slots));
  const processes: string[][] = [];
  let open: string[] = [];
  for (const file of files) {
    if (!mayShare(file)) {
      processes.push([file]);
      continue;
    }
    if (open.length === 0 || open.length === size) processes.push((open = []));
    open.push(file);
  }
  return processes;
}

/** Writes the program of each process, and returns their paths. */
export async function writePrograms(
  processes: readonly (readonly string[])[],
  directory: string,
): Promise<readonly string[]> {
  await mkdir(directory);
  return Promise.all(processes.map((files, index) => writeProgram(files, directory, index)));
}

async function writeProgram(files: readonly string[], directory: string, index: number) {
  const [first = ''] = files;
  if (files.length === 1) return first;
  const path = join(directory, `${index}.mjs`);
  const library = new URL('shared-process.ts', import.meta.url).href;
  const lines = [
    `import { declareFiles } from ${JSON.stringify(library)};`,
    `declareFiles(${JSON.stringify(files)});`,
  ];
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}
