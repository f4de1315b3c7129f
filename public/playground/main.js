/** Connects the parts of the playground: the state, the relying party and the views. */
import { keepTime } from './clock.js';
import { find } from './dom.js';
import { clearMemory, createMemory } from './memory.js';
import { explainProblem } from './problems.js';
import { createRelyingParty, discoverProvider } from './protocol.js';
import { forgetClient, readSettings } from './settings.js';
import { createTokenActions } from './token-actions.js';
import { createRedirects } from './redirects.js';
import { createAskView } from './view-ask.js';
import { createFamilyView } from './view-family.js';
import { createNoticesView } from './view-notices.js';
import { createSessionView } from './view-session.js';
import { createTimelineView } from './view-timeline.js';
import { createTokensView } from './view-tokens.js';
import { createExchangeLog } from './exchange-log.js';

const page = find('playground');
const settings = readSettings(page, new URLSearchParams(location.search), sessionStorage);
// What belongs to another client would only be refused.
if (settings.isNew) clearMemory(sessionStorage);
const now = () => new Date();
const memory = createMemory(sessionStorage, {
  scopes: settings.scopes,
  prompt: '',
  maxAge: '',
  loginHint: '',
  uiLocales: '',
});
if (settings.isChosen) {
  find('playground-client').hidden = false;
  find('playground-client-id').textContent = settings.clientId;
}
const exchangeLog = createExchangeLog({
  fetch: (address, options) => fetch(address, options),
  now,
  exchanges: memory.state.exchanges,
  onChange: (exchanges) => memory.update({ exchanges }),
});
const connect = rememberResult(async () => {
  const provider = memory.state.provider ?? (await discoverProvider({ settings, exchangeLog }));
  memory.update({ provider });
  return { provider, party: createRelyingParty({ settings, exchangeLog, provider }) };
});
const redirects = createRedirects({
  settings,
  memory,
  exchangeLog,
  now,
  connect,
  visit: (address) => location.assign(address),
});
const tokenActions = createTokenActions({ memory, now, connect, guard });

const check = guard(() => redirects.check());

const signIn = guard((/** @type {import('./memory.js').Choices} */ choices) =>
  redirects.signIn(choices),
);
const askView = createAskView({ settings, choices: memory.state.choices, onSignIn: signIn });

const views = [
  createNoticesView(),
  createSessionView({
    onSignIn: () => signIn(memory.state.choices),
    onCheck: check,
    onAsk: () => askView.open(),
    onSignOut: guard(() => redirects.signOut()),
  }),
  askView,
  createTokensView(tokenActions),
  createFamilyView(tokenActions, settings.leewaySeconds),
  createTimelineView(),
];

find('playground-check').addEventListener('click', () => void check());
find('playground-clear').addEventListener('click', () => {
  memory.clear();
  forgetClient(sessionStorage);
  location.replace(settings.redirectUri);
});

memory.watch(show);
const tick = keepTime(page, now);
show(memory.state);
await guard(start)();
page.dataset.ready = 'true';

/** Handles a response in the URL, removes it from the URL, and loads the provider's metadata. */
async function start() {
  if (!isSecureContext)
    throw new Error(
      'Browsers provide the cryptography that this page needs only on https and localhost',
    );
  const address = new URL(location.href);
  history.replaceState(null, '', settings.redirectUri);
  await redirects.handleResponse(address);
  await connect();
}

/** @param {import('./memory.js').State} state */
function show(state) {
  for (const view of views) view.show(state);
  const { session } = state;
  page.dataset.state = session && session.signedOutAt === undefined ? 'signed-in' : 'signed-out';
  tick();
}

/**
 * Runs one action at a time, and shows every error.
 *
 * @template {readonly unknown[]} Inputs
 * @param {(...inputs: Inputs) => Promise<void>} work
 * @returns {(...inputs: Inputs) => Promise<void>}
 */
function guard(work) {
  return async (...inputs) => {
    if (page.ariaBusy === 'true') return;
    page.ariaBusy = 'true';
    try {
      await work(...inputs);
    } catch (error) {
      memory.update({ notices: { page: explainProblem(error) } });
    } finally {
      page.ariaBusy = 'false';
    }
  };
}

/**
 * Remembers the result of the first successful call; after a failure, the next call tries again.
 *
 * @template Result
 * @param {() => Promise<Result>} load
 * @returns {() => Promise<Result>}
 */
function rememberResult(load) {
  /** @type {Promise<Result> | undefined} */
  let result;
  return () => {
    result ??= load().catch((error) => {
      result = undefined;
      throw error;
    });
    return result;
  };
}
