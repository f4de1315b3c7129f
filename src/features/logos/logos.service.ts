// Fetches the logos of clients and identity providers, so that the browsers of users never contact
// their hosts. A logo is fetched when its URL is new, and again every week.
import { setTimeout as pause } from 'node:timers/promises';
import type { SignInProvider } from '#config/kinds/sign-in-providers.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import { makeLogoImage, type LogoImage } from '#platform/images/logo-image.ts';
import type { Log } from '#platform/logging/log.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import type { LogoStore } from './logos.store.ts';

export interface LogoDependencies {
  readonly store: LogoStore;
  readonly fetch: OutboundFetch;
  readonly activeProviders: { readonly list: readonly SignInProvider[] };
  readonly invalidation: Pick<Invalidation, 'subscribe'>;
  readonly log: Log;
  readonly now: () => Date;
}

const maxFileBytes = 1024 * 1024;
const maxRedirects = 3;
const fetchMilliseconds = 10_000;
const claimMilliseconds = 5 * 60_000;
const refreshMilliseconds = 7 * 24 * 60 * 60_000;
const firstRetryMilliseconds = 10 * 60_000;
const retryGrowth = 6;
/** For changes that this process was not notified of, and for retries. */
const intervalMilliseconds = 60_000;
const quietMilliseconds = 1000;

/** @returns undefined if the response is not an acceptable image */
async function download(fetch: OutboundFetch, address: string): Promise<LogoImage | undefined> {
  const signal = AbortSignal.timeout(fetchMilliseconds);
  let url = new URL(address);
  for (let hop = 0; hop <= maxRedirects && url.protocol === 'https:'; hop += 1) {
    const headers = { accept: 'image/*' };
    const answer = await fetch(url, { headers, signal, maxBytes: maxFileBytes });
    const target = answer.status >= 300 && answer.status < 400 && answer.headers.get('location');
    if (target) {
      url = new URL(target, url);
      continue;
    }
    if (!answer.ok) return undefined;
    const bytes = Buffer.from(await answer.arrayBuffer());
    return makeLogoImage(bytes, answer.headers.get('content-type') ?? '');
  }
  return undefined;
}

export function createLogos(dependencies: LogoDependencies) {
  const { store, fetch, activeProviders, invalidation, log, now } = dependencies;
  const later = (milliseconds: number) => new Date(now().getTime() + milliseconds);
  let changed = new AbortController();

  invalidation.subscribe(({ userId, tokenId }) => {
    // Changes without a user or token are those of clients, and those of providers, which name no subject.
    if ((userId ?? tokenId) === undefined) changed.abort();
  });

  /** Fetches one logo that is due; false if there is none. */
  async function fetchNext(): Promise<boolean> {
    const until = later(claimMilliseconds);
    const providerUrls = activeProviders.list.flatMap(({ logo }) =>
      logo?.kind === 'url' ? [logo.url] : [],
    );
    const due = await store.claim({ providerUrls, at: now(), until });
    if (!due) return false;
    const image = await download(fetch, due.url).catch(() => undefined);
    if (image) {
      await store.put(due.key, until, image, later(refreshMilliseconds));
      return true;
    }
    log.info({ event: 'logo.unavailable', host: URL.parse(due.url)?.host }, 'no logo was fetched');
    const delay = firstRetryMilliseconds * retryGrowth ** due.failures;
    await store.postpone(due.key, until, later(Math.min(delay, refreshMilliseconds)));
    return true;
  }

  async function run(): Promise<void> {
    while (await fetchNext());
  }

  /** Waits until a client changes, or for the interval; a change while logos were being fetched counts. */
  async function idle(signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, changed.signal]);
    await pause(intervalMilliseconds, undefined, { signal: either, ref: false }).catch(
      () => undefined,
    );
    // Several changes at once cause one run.
    await pause(quietMilliseconds, undefined, { signal, ref: false });
    changed = new AbortController();
  }

  return {
    find: store.find,
    run,
    /** Runs until the signal is aborted; a database failure is logged, and the run is repeated. */
    async runForever(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        try {
          await run();
          await idle(signal);
        } catch (error) {
          if (signal.aborted) return;
          log.warn({ event: 'logos.failed', error }, 'logos were not fetched, will retry');
          await pause(intervalMilliseconds, undefined, { signal, ref: false }).catch(
            () => undefined,
          );
        }
      }
    },
  };
}

export type Logos = ReturnType<typeof createLogos>;
