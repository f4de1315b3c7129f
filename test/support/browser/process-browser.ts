// The Chromium of a process. The suites of the process share it, because a start costs a second of CPU time;
// each test has its own profile (chromium.ts).
import { chromium, type Browser } from 'playwright-core';

export interface SuiteBrowser {
  /** The running browser, or a new one if none runs. */
  launch(): Promise<Browser>;
  /** Called at the end of a suite. Closes the browser after the last one. */
  release(): Promise<void>;
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// State of the process, like the browser itself.
let suites = 0;
let running: Promise<Browser> | undefined;

/** Called when a suite is declared, which is before the first suite runs. */
export function announceSuite(executablePath: string): SuiteBrowser {
  suites += 1;
  return {
    async launch() {
      const current = await running?.catch(() => undefined);
      // A browser that crashed must not affect later suites.
      if (current?.isConnected()) return current;
      running = chromium.launch({ executablePath, args: flags });
      return running;
    },
    async release() {
      suites -= 1;
      if (suites > 0) return;
      const last = await running?.catch(() => undefined);
      running = undefined;
      await last?.close();
    },
  };
}
