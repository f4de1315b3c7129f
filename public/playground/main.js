/**
 * Puts the playground together: one memory, one relying party, and views that show what the memory
 * holds.
 */
import { keepTime } from './clock.js';
import { find } from './dom.js';
import { createMemory } from './memory.js';
import { explainProblem } from './problems.js';
import { createRelyingParty, discoverProvider } from './protocol.js';
import { readSettings } from './settings.js';
import { createTokenActions } from './token-actions.js';
import { createTravel } from './travel.js';
import { createAskView } from './view-ask.js';
import { createFamilyView } from './view-family.js';
import { createNoticesView } from './view-notices.js';
import { createSessionView } from './view-session.js';
import { createTimelineView } from './view-timeline.js';
import { createTokensView } from './view-tokens.js';
import { createWire } from './wire.js';

const page = find('playground');
const settings = readSettings(page);
const now = () => new Date();
const memory = createMemory(sessionStorage, {
  scopes: settings.scopes,
  prompt: '',
  maxAge: '',
  loginHint: '',
  uiLocales: '',
});
const wire = createWire({
  fetch: (address, options) => fetch(address, options),
  now,
  exchanges: memory.state.exchanges,
  onChange: (exchanges) => memory.update({ exchanges }),
});
const meet = rememberAnswer(async () => {
  const provider = memory.state.provider ?? (await discoverProvider({ settings, wire }));
  memory.update({ provider });
  return { provider, party: createRelyingParty({ settings, wire, provider }) };
});
const travel = createTravel({
  settings,
  memory,
  wire,
  now,
  meet,
  visit: (address) => location.assign(address),
});
const tokenActions = createTokenActions({ memory, now, meet, guard });

const check = guard(() => travel.check());

const signIn = guard((/** @type {import('./memory.js').Choices} */ choices) =>
  travel.signIn(choices),
);
const askView = createAskView({ settings, choices: memory.state.choices, onSignIn: signIn });

const views = [
  createNoticesView(),
  createSessionView({
    onSignIn: () => signIn(memory.state.choices),
    onCheck: check,
    onAsk: () => askView.open(),
    onSignOut: guard(() => travel.signOut()),
  }),
  askView,
  createTokensView(tokenActions),
  createFamilyView(tokenActions, settings.leewaySeconds),
  createTimelineView(),
];

find('playground-check').addEventListener('click', () => void check());
find('playground-clear').addEventListener('click', () => {
  memory.clear();
  location.replace(settings.redirectUri);
});

memory.watch(show);
const tick = keepTime(page, now);
show(memory.state);
await guard(start)();
page.dataset.ready = 'true';

/** Reads an answer out of the address bar, cleans the address, and meets the provider. */
async function start() {
  if (!isSecureContext)
    throw new Error('Browsers allow the cryptography of this page on https and localhost only');
  const address = new URL(location.href);
  history.replaceState(null, '', settings.redirectUri);
  await travel.arrive(address);
  await meet();
}

/** @param {import('./memory.js').State} state */
function show(state) {
  for (const view of views) view.show(state);
  const { session } = state;
  page.dataset.state = session && session.signedOutAt === undefined ? 'signed-in' : 'signed-out';
  tick();
}

/**
 * One thing at a time, and no fault without a word.
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
 * Asks once; a failure is forgotten, so that the next click asks again.
 *
 * @template Answer
 * @param {() => Promise<Answer>} ask
 * @returns {() => Promise<Answer>}
 */
function rememberAnswer(ask) {
  /** @type {Promise<Answer> | undefined} */
  let answer;
  return () => {
    answer ??= ask().catch((error) => {
      answer = undefined;
      throw error;
    });
    return answer;
  };
}
