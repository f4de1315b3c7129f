// Steps of a sign-in with an external identity provider in a browser without JavaScript.
import { startTestApp, type AppOptions } from '#test/support/app.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import {
  startStandInProvider,
  type StandIn,
  type StandInFacts,
} from '#test/support/actors/identity-provider.ts';

export interface WithOthersOptions extends AppOptions {
  readonly standIns?: readonly StandInFacts[];
  /** Additional members of the first entry of SIGN_IN_PROVIDERS. */
  readonly setting?: Readonly<Record<string, unknown>>;
}

/** Starts the application with stand-in identity providers; requests to loopback are allowed. */
export async function startAppWithProviders(t: CleanUp, options: WithOthersOptions = {}) {
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
  if (!other) throw new Error('At least one provider is required');
  return { app, other, others };
}

/** Presses the button, signs in at the provider and follows the redirect back. */
export async function signInUpstream(
  browser: Browser,
  page: Page,
  other: StandIn,
  button = 'with-google',
): Promise<Page> {
  const away = await page.press(button);
  if (!away.left) return away;
  return browser.open(await other.visit(away.url));
}

/** Signs in at the provider; returns the callback URL without opening it. */
export async function answerFor(page: Page, other: StandIn, button = 'with-google'): Promise<URL> {
  const away = await page.press(button);
  if (!away.left) throw new Error(`Browser was not redirected to the provider: ${away.text}`);
  return other.visit(away.url);
}
