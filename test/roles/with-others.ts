// What somebody does who signs in with another provider, in a browser without script.
import { startTestApp, type AppOptions } from '#test/app.ts';
import type { Closing } from '#test/stage/databases.ts';
import type { Browser, Page } from './cookie-browser.ts';
import { startStandInProvider, type StandIn, type StandInFacts } from './stand-in-provider.ts';

export interface WithOthersOptions extends AppOptions {
  readonly standIns?: readonly StandInFacts[];
  /** More members of the first one's setting. */
  readonly setting?: Readonly<Record<string, unknown>>;
}

/** The app with stand-ins for other providers, which it may reach although they are on loopback. */
export async function startAppWithOthers(t: Closing, options: WithOthersOptions = {}) {
  const { standIns = [{}], setting = {}, settings = {}, ...rest } = options;
  const others: StandIn[] = [];
  for (const facts of standIns) others.push(await startStandInProvider(t, facts));
  const list = others.map((each, index) => ({
    ...each.setting,
    ...(index === 0 ? { trust_email: true, ...setting } : {}),
  }));
  const app = await startTestApp(t, {
    ...rest,
    settings: {
      OUTBOUND_ALLOW: '127.0.0.1',
      SIGN_IN_PROVIDERS: JSON.stringify(list),
      ...settings,
    },
  });
  const [other] = others;
  if (!other) throw new Error('There is at least one provider.');
  return { app, other, others };
}

/** Presses the button, goes through the provider's pages, and comes back. */
export async function goThrough(
  browser: Browser,
  page: Page,
  other: StandIn,
  button = 'with-google',
): Promise<Page> {
  const away = await page.press(button);
  if (!away.left) return away;
  return browser.open(await other.visit(away.url));
}

/** Where the provider sends the browser back to, not yet gone to. */
export async function answerFor(page: Page, other: StandIn, button = 'with-google'): Promise<URL> {
  const away = await page.press(button);
  if (!away.left) throw new Error(`It did not lead away: ${away.text}`);
  return other.visit(away.url);
}
