// Two nodes, a mail server, and the ways to speak to them that all rounds share.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { createApiClient } from '#test/roles/api-client.ts';
import { createBrowser, type Browser } from '#test/roles/cookie-browser.ts';
import { createRelyingParty } from '#test/roles/relying-party.ts';
import type { Send } from '#test/roles/wire.ts';
import { startNodes } from '#test/rig/nodes.ts';
import type { Closing } from '#test/stage/databases.ts';
import { startMailServer } from '#test/stage/mail-server.ts';
import type { App, AppName } from './credentials.ts';

/** What a password costs in production, so that sign-ins wait in line; the line has room for all. */
const settings = {
  ARGON2_MEMORY_KIB: '19456',
  ARGON2_ITERATIONS: '2',
  PASSWORD_QUEUE_LIMIT: '1000',
};
const longestMailSeconds = 20;
const mostRetries = 40;

export type World = Awaited<ReturnType<typeof startWorld>>;

export async function startWorld(t: Closing) {
  const mailServer = await startMailServer(t);
  const nodes = await startNodes(t, { settings: { ...settings, SMTP_URL: mailServer.url } });
  const { issuer } = nodes;
  const failures: string[] = [];
  const [first, second] = [nodes.at(0).send, nodes.at(1).send];
  /** As soon as a request is sent; a busy node is not asked again. */
  const direct = [observe(first), observe(second)] as const;
  const sends = [patient(direct[0]), patient(direct[1])] as const;

  /** Notes answers that no refusal may look like. */
  function observe(send: Send): Send {
    return async (url, request) => {
      const answer = await send(url, request);
      if (answer.status >= 500 && answer.status !== 503) {
        const text = (await answer.clone().text()).replaceAll(/<[^>]*>|\s+/g, ' ');
        failures.push(`${answer.status} ${new URL(url).pathname} ${text.slice(0, 300)}`);
      }
      return answer;
    };
  }

  async function app(name: AppName, facts: object): Promise<App> {
    const registered = await nodes.anApp({ ...facts });
    const [a, b] = await Promise.all(
      sends.map((send) => createRelyingParty({ issuer, send, app: registered })),
    );
    assert.ok(a && b);
    return { name, at: [a, b] };
  }

  return {
    nodes,
    issuer,
    sends,
    /** Answers with an unexpected status, oldest first. */
    failures,
    browser: (node: 0 | 1): Browser => createBrowser(sends[node], issuer),
    /** The same browser; what it sends is sent once, also when the node is busy. */
    hasty: (browser: Browser, node: 0 | 1): Browser => browser.through(direct[node]),
    app,
    /** An operator's program that asks the second node. */
    operator: () =>
      createApiClient({
        issuer,
        send: sends[1],
        relyingParty: (facts) => nodes.relyingParty(facts),
      }),
    /** The text of the newest mail to an address that says so. */
    async mailTo(address: string, words: RegExp): Promise<string> {
      const endsAt = performance.now() + longestMailSeconds * 1000;
      for (;;) {
        const found = mailServer.mails.findLast(
          ({ recipients, text }) => recipients.includes(address) && words.test(text ?? ''),
        );
        if (found) return found.text ?? '';
        assert.ok(performance.now() < endsAt, `no mail to ${address}`);
        await pause(50);
      }
    },
  };
}

/** Asks a busy node again, as its answer says; the wait is short because tests have little time. */
function patient(send: Send): Send {
  return async (url, request) => {
    for (let tries = 0; ; tries += 1) {
      const answer = await send(url, request);
      if (answer.status !== 503 || tries === mostRetries) return answer;
      await pause(250);
    }
  };
}
