// The REST interface of the suite, as far as a run needs it. It is called behind the suite's proxy,
// with the headers that the proxy would add.
import type { Addresses } from '#conformance/stack/addresses.ts';

export interface PlanModule {
  readonly testModule: string;
  readonly variant?: Readonly<Record<string, string>>;
}

export interface CreatedPlan {
  readonly id: string;
  readonly modules: readonly PlanModule[];
}

export interface ModuleState {
  readonly status: string;
  readonly result?: string;
}

export interface LogEntry {
  readonly src?: string;
  readonly msg?: string;
  readonly result?: string;
  readonly error?: string;
  /** The name under which a picture of a page is expected. */
  readonly upload?: string;
  /** The page that the suite kept as evidence. */
  readonly page_source?: string;
}

export interface Waiting {
  /** Addresses that no script of the suite's browser has opened. */
  readonly urls: readonly string[];
}

export type SuiteApi = ReturnType<typeof createSuiteApi>;

export function createSuiteApi({ suite, suiteHttpPort, suitePort }: Addresses) {
  async function call(
    method: string,
    path: string,
    { query = {}, body }: { readonly query?: Record<string, string>; readonly body?: object } = {},
  ): Promise<unknown> {
    const url = new URL(`http://127.0.0.1:${suiteHttpPort}/api/${path}`);
    url.search = String(new URLSearchParams(query));
    const response = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': new URL(suite).hostname,
        'x-forwarded-port': String(suitePort),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(90_000),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
    return text === '' ? {} : JSON.parse(text);
  }

  return {
    async isReady(): Promise<boolean> {
      return call('GET', 'runner/available').then(
        () => true,
        () => false,
      );
    },
    async version(): Promise<string> {
      const found = (await call('GET', 'server')) as { readonly version?: string };
      return found.version ?? 'unknown';
    },
    async createPlan(planName: string, variant: Record<string, string>, config: object) {
      const query = {
        planName,
        ...(Object.keys(variant).length > 0 ? { variant: JSON.stringify(variant) } : {}),
      };
      return (await call('POST', 'plan', { query, body: config })) as CreatedPlan;
    },
    async createModule(planId: string, { testModule, variant }: PlanModule): Promise<string> {
      const query = {
        test: testModule,
        plan: planId,
        ...(variant === undefined ? {} : { variant: JSON.stringify(variant) }),
      };
      return ((await call('POST', 'runner', { query })) as { readonly id: string }).id;
    },
    /** Starts a module that waits for an act of the operator. */
    start: (id: string) => call('POST', `runner/${id}`),
    stop: (id: string) => call('DELETE', `runner/${id}`),
    state: async (id: string) => (await call('GET', `info/${id}`)) as ModuleState,
    log: async (id: string) => (await call('GET', `log/${id}`)) as readonly LogEntry[],
    async waiting(id: string): Promise<Waiting> {
      const { browser } = (await call('GET', `runner/${id}`)) as { readonly browser?: Waiting };
      return browser ?? { urls: [] };
    },
  };
}
