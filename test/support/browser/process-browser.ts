// The Chromium of a process. Its suites share it, because a start costs a second of CPU time; each test has a
// profile of its own (chromium.ts).
import { chromium, type Browser } from 'playwright-core';

export interface SuiteBrowser {
  /** The running browser, or a new one if none runs. */
  launch(): Promise<Browser>;
  /** The suite is over. Closes the browser after the last suite. */
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

// The state of the process, as the browser is.
let suites = 0;
let running: Promise<Browser> | undefined;

/** For a suite that is declared: suites are declared before the first of them runs. */
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
