// Extracts the example programs from the documentation, places them next to the packages they
// import, and acts as the browser of a user.
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestApp } from '#test/support/app.ts';
import type { Person } from '#test/support/actors/relying-party.ts';

const root = join(import.meta.dirname, '../../..');

/** The code block of a document that starts with `// name`. */
export async function readProgram(document: string, name: string): Promise<string> {
  const text = await readFile(join(root, document), 'utf8');
  const blocks = [...text.matchAll(/^```js\n([^]*?)^```/gm)].map(([, code = '']) => code);
  const found = blocks.find((code) => code.startsWith(`// ${name}\n`));
  if (found === undefined) throw new Error(`program ${name} not found in ${document}`);
  return found;
}

/** Creates a directory with these files in which packages can be resolved. */
export async function layOut(
  t: TestContext,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-recipe-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  await mkdir(directory, { recursive: true });
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  const all = { ...files, 'package.json': '{ "type": "module" }' };
  for (const [name, text] of Object.entries(all)) await writeFile(join(directory, name), text);
  return directory;
}

export interface Running {
  /** Returns the next line that the program prints. */
  line(): Promise<string>;
  /** Writes a line to its standard input. */
  say(line: string): void;
}

/** A local URL on a port that is not in use. */
export async function freeAddress(): Promise<URL> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return new URL(`http://127.0.0.1:${address.port}/`);
}

/** A client of a program's pages that keeps cookies and does not follow redirects. */
export function createVisitor() {
  const cookies = new Map<string, string>();
  return async function visit(url: string | URL): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetchPatiently(url, { redirect: 'manual', headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return answer;
  };
}

/** Passes our pages from the authorization request to the client's redirect URI. */
export async function passPages(app: TestApp, start: string, person: Person): Promise<URL> {
  let page = await app.browser().open(start);
  for (let step = 0; step < 3 && !page.left; step += 1) {
    const fields = { login: person.email, password: person.password };
    page = page.has('sign-in') ? await page.press('sign-in', fields) : await page.press('allow');
  }
  return page.url;
}

export function locationOf(answer: Response): string {
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`expected a redirect, got ${answer.status}`);
  return location;
}

/** Retries, since a program that was just started does not listen yet. */
export async function fetchPatiently(url: string | URL, init: RequestInit): Promise<Response> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await fetch(url, init);
    } catch (error) {
      if (tries === 100) throw error;
      await pause(100);
    }
  }
}
