// Two nodes, a mail server, and the clients and browsers that all rounds share.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { createApiClient } from '#test/support/actors/api-client.ts';
import { createBrowser, type Browser } from '#test/support/actors/cookie-browser.ts';
import { createRelyingParty } from '#test/support/actors/relying-party.ts';
import type { Send } from '#test/support/actors/http-client.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { startMailServer } from '#test/support/services/mail-server.ts';
import { startNodes, type Node } from '#test/support/faults/nodes.ts';
import type { App, AppName } from './credentials.ts';

/**
 * The production cost of a password hash, so that sign-ins queue; the queue has room for all of
 * them.
 */
const settings = {
  ARGON2_MEMORY_KIB: '19456',
  ARGON2_ITERATIONS: '2',
  PASSWORD_QUEUE_LIMIT: '1000',
};
const maxMailSeconds = 20;
const maxRetries = 40;

export type RaceEnvironment = Awaited<ReturnType<typeof startRaceEnvironment>>;

export async function startRaceEnvironment(t: CleanUp) {
  const mailServer = await startMailServer(t);
  const nodes = await startNodes(t, { settings: { ...settings, SMTP_URL: mailServer.url } });
  const { issuer } = nodes;
  const failures: string[] = [];
  const [first, second] = [nodes.at(0).send, nodes.at(1).send];
  /** Sends a request once, even when the node is busy. */
  const direct = [observe(first, 0), observe(second, 1)] as const;
  const sends = [patient(direct[0]), patient(direct[1])] as const;

  /** Records responses that are not valid refusals, with the log lines of the node about them. */
  function observe(send: Send, node: 0 | 1): Send {
    return async (url, request) => {
      const answer = await send(url, request);
      if (answer.status >= 500 && answer.status !== 503) {
        const text = (await answer.clone().text()).replaceAll(/<[^>]*>|\s+/g, ' ');
        const requestId = answer.headers.get('x-request-id') ?? '';
        const lines = await linesAbout(nodes.at(node), requestId);
        failures.push(
          `${answer.status} ${new URL(url).pathname} ${text.slice(0, 300)}\n${lines.join('\n')}`,
        );
      }
      return answer;
    };
  }

  async function app(name: AppName, facts: object): Promise<App> {
    const registered = await nodes.createClient({ ...facts });
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
    /** Responses with an unexpected status, oldest first. */
    failures,
    browser: (node: 0 | 1): Browser => createBrowser(sends[node], issuer),
    /** The same browser without retries, even when the node is busy. */
    hasty: (browser: Browser, node: 0 | 1): Browser => browser.through(direct[node]),
    app,
    /** A management API client of the second node. */
    operator: () =>
      createApiClient({
        issuer,
        send: sends[1],
        relyingParty: (facts) => nodes.relyingParty(facts),
      }),
    /** Returns the text of the newest email to an address that contains the given text. */
    async mailTo(address: string, words: RegExp): Promise<string> {
      const endsAt = performance.now() + maxMailSeconds * 1000;
      for (;;) {
        const found = mailServer.mails.findLast(
          ({ recipients, text }) => recipients.includes(address) && words.test(text ?? ''),
        );
        if (found) return found.text ?? '';
        assert.ok(performance.now() < endsAt, `no email to ${address}`);
        await pause(50);
      }
    },
  };
}

/** The lines that the node logged about a request; it writes them after the response. */
async function linesAbout(node: Node, requestId: string): Promise<readonly string[]> {
  await pause(500);
  return node
    .log()
    .split('\n')
    .filter((line) => line.includes(requestId));
}

/**
 * Retries a request that a busy node refused; the wait is short because the time of a test is
 * limited.
 */
function patient(send: Send): Send {
  return async (url, request) => {
    for (let tries = 0; ; tries += 1) {
      const answer = await send(url, request);
      if (answer.status !== 503 || tries === maxRetries) return answer;
      await pause(250);
    }
  };
}
