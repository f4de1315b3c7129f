// Local ports, and waiting for programs that listen on them.
import { setTimeout as pause } from 'node:timers/promises';

const triesPerSecond = 10;
const patienceSeconds = 90;

/** Resolves on any HTTP response; rejects with the output of the program if none arrives. */
export async function waitForHttp(url: URL, output: () => string): Promise<void> {
  for (let tries = 0; tries < patienceSeconds * triesPerSecond; tries += 1) {
    try {
      await (await fetch(url, { redirect: 'manual' })).arrayBuffer();
      return;
    } catch {
      await pause(1000 / triesPerSecond);
    }
  }
  throw new Error(`No response from ${url.href}: ${output()}`);
}
