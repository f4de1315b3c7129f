// Authorization requests before they are sent, and changes of them.
import { createHash } from 'node:crypto';
import type { RegisteredApp } from '#test/support/data/registrations.ts';
import type { RawRequest } from '#test/support/fast-path/two-ways.ts';

type Header = readonly [string, string];

export interface Draft {
  readonly client: RegisteredApp;
  readonly method: string;
  readonly path: string;
  /** Names and encoded values, in order; a name without a value has no equals sign. */
  readonly pairs: readonly (readonly [string, string?])[];
  readonly headers: readonly Header[];
  readonly body?: string;
}

export type Change = (draft: Draft) => Draft;

/** A change, and whether the usual request, so changed, is answered directly. */
export interface Choice {
  readonly name: string;
  readonly change: Change;
  readonly isDirect: boolean;
}

export type Changes = Readonly<Record<string, Change>>;

/** The PKCE verifier of requests whose code is exchanged. */
export const verifier = 'a'.repeat(43);
export const challenge = createHash('sha256').update(verifier).digest('base64url');

/** The request that most clients send, by a browser with these cookies. */
export function usualDraft(client: RegisteredApp, cookies: string): Draft {
  const parameters = {
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    response_type: 'code',
    scope: 'openid email',
    state: 'a-state',
    nonce: 'a-nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
  return {
    client,
    method: 'GET',
    path: '/oauth2/authorize',
    pairs: Object.entries(parameters).map(([name, value]) => [name, encodeURIComponent(value)]),
    headers: [
      ['Cookie', cookies],
      ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
      ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0'],
    ],
  };
}

export function write({ method, path, pairs, headers, body }: Draft): RawRequest {
  const query = pairs.map((pair) => pair.join('=')).join('&');
  return { method, path: query === '' ? path : `${path}?${query}`, headers, body };
}

/** Replaces the parameter with this name; the value is encoded. */
export const raw =
  (name: string, value: string): Change =>
  (draft) => ({
    ...draft,
    pairs: [...draft.pairs.filter(([known]) => known !== name), [name, value]],
  });

export const set = (name: string, value: string): Change => raw(name, encodeURIComponent(value));

export const omit =
  (...names: readonly string[]): Change =>
  (draft) => ({ ...draft, pairs: draft.pairs.filter(([name]) => !names.includes(name)) });

/** Appends a parameter, even if there already is one with this name. */
export const add =
  (...pair: readonly [string, string?]): Change =>
  (draft) => ({ ...draft, pairs: [...draft.pairs, pair] });

export const header =
  (name: string, value: string): Change =>
  (draft) => ({ ...draft, headers: [...draft.headers, [name, value]] });

export const withoutHeader =
  (name: string): Change =>
  (draft) => ({ ...draft, headers: draft.headers.filter(([known]) => known !== name) });

export const replaceHeader = (name: string, value: string): Change =>
  all(withoutHeader(name), header(name, value));

/** Changes the value of the Cookie header. */
export const cookies =
  (change: (value: string) => string): Change =>
  (draft) => ({
    ...draft,
    headers: draft.headers.map(([name, value]) =>
      name === 'Cookie' ? ([name, change(value)] as const) : ([name, value] as const),
    ),
  });

export const all =
  (...changes: readonly Change[]): Change =>
  (draft) =>
    changes.reduce((changed, change) => change(changed), draft);

export const listed = (changes: Changes, isDirect: boolean): readonly Choice[] =>
  Object.entries(changes).map(([name, change]) => ({ name, change, isDirect }));
