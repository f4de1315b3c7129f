// A web application with a server: registers a client for it, starts its program with the usual
// environment, and drives it over HTTP.
import { findFreePorts } from '#test/support/services/free-ports.ts';
import type { Trial } from './relying-party.ts';
import { driveWebApp, type WebApp } from './web-app.ts';

export interface ServerAppFacts extends Omit<WebApp, 'url' | 'output'> {
  readonly command: string;
  readonly args: readonly string[];
  /** For `client create --for`. */
  readonly preset: string;
  /** Path of the redirect URI, `/callback` by default. */
  readonly callback?: string;
}

/**
 * The program receives ISSUER, CLIENT_ID, CLIENT_SECRET, and APP_URL with the port on which to
 * listen.
 */
export async function driveServerApp(trial: Trial, facts: ServerAppFacts): Promise<void> {
  const [port] = await findFreePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const client = await trial.provider.createClient(facts.preset, {
    redirect_uris: [`${url}${facts.callback ?? '/callback'}`],
    post_logout_redirect_uris: [`${url}/`],
  });
  const env = {
    ISSUER: trial.provider.issuer,
    CLIENT_ID: client.clientId,
    CLIENT_SECRET: client.clientSecret,
    APP_URL: url,
  };
  const output = trial.processes.start(facts.command, facts.args, { cwd: trial.directory, env });
  await driveWebApp(trial, { ...facts, url, output });
}
