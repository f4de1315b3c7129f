// Checks after a revocation: nothing from before it is accepted, a new sign-in succeeds, and credentials that
// it does not cover remain valid.
import { crowding } from '#test/support/faults/fault-suite.ts';
import { offline } from '#test/support/data/outcomes.ts';
import { fateOf, type Act, type Fate, type Outcome } from './revocation-types.ts';
import type { Credential, Origin } from './credentials.ts';
import { callbackOf, openAccount, type Subject } from './subjects.ts';
import type { Results } from './results.ts';
import type { RaceEnvironment } from './environment.ts';

export interface Check {
  readonly world: RaceEnvironment;
  readonly seed: number;
  readonly tally: Results;
  readonly act: Act;
  readonly subject: Subject;
}

/**
 * A node checks a still valid proof only when it reaches it, so a sign-in sent less than this
 * before the revocation may count as one after it.
 */
const maxUnreadMilliseconds = 700;

export async function checkRound(
  { act, subject, seed, tally }: Check,
  outcome: Outcome,
  { onlyRepeatable }: { onlyRepeatable: boolean },
): Promise<void> {
  for (const credential of subject.collection.all()) {
    if (onlyRepeatable && !credential.isRepeatable) continue;
    const expected = judge(act, outcome, credential);
    if (expected === 'either') continue;
    const { isAccepted, works } = await credential.probe();
    if (expected === 'ended') tally.ended(act.name, seed, credential, isAccepted);
    const what = `${credential.kind} from ${credential.source}`;
    if (expected === 'kept') tally.kept(act.name, seed, what, works);
  }
}

/** Codes and open interactions are short-lived, and cookies of refused sign-ins grant nothing. */
const lasting: ReadonlySet<string> = new Set(['session', 'access token', 'refresh token']);

/** Returns whether the credential must be accepted where the revocation does not cover it. */
function isComparable({ kind, source }: Credential): boolean {
  // Simultaneous requests replace the cookie of such a browser in an unspecified order.
  if (kind === 'session' && source === 'preparation') return false;
  // Of several authorizations of one client at once in one session, the session remembers the last
  // grant, and the provider accepts session-bound tokens of that one only.
  if (source === 'authorization') return false;
  return lasting.has(kind);
}

function judge(act: Act, outcome: Outcome, credential: Credential): Fate {
  const whenKept = isComparable(credential) ? 'kept' : 'either';
  const reached = fateOf(act.reach, credential);
  if (reached === 'kept') return whenKept;
  if (credential.begunAt >= outcome.worksFrom) return whenKept;
  if (credential.receivedAt >= (outcome.expiresAt ?? Infinity)) return 'either';
  const lastBegun = act.refusesProof(credential.source)
    ? outcome.worksFrom
    : outcome.sentAt - maxUnreadMilliseconds * crowding();
  return credential.begunAt < lastBegun ? reached : 'either';
}

/** On a busy machine, a flow may be interrupted; the user then starts again. */
const maxTries = 3;

/** Uses credentials that are valid after the revocation: a session, and the tokens of a client in it. */
export async function signInAgain(check: Check, outcome: Outcome): Promise<void> {
  const { act, seed, tally } = check;
  let problem: string | undefined = 'not tried';
  for (let tries = 0; tries < maxTries && problem !== undefined; tries += 1) {
    problem = await tryAgain(check, outcome).catch(String);
  }
  tally.kept(act.name, seed, `a sign-in: ${problem}`, problem === undefined);
}

/** `undefined` if every check passed. */
async function tryAgain(check: Check, { person }: Outcome): Promise<string | undefined> {
  const { world, act, subject } = check;
  const { collection, bystander, target } = subject;
  const begunAt = performance.now();
  const origin: Origin = {
    source: 'sign-in after the revocation',
    begunAt,
    session: 'after the revocation',
  };
  const browser = await openAccount(world, { ...subject, person });
  const apps = act.reach === 'blocked app' ? [bystander] : [bystander, target];
  for (const app of apps) {
    const pending = await app.at[1].request(offline);
    let page = await browser.open(pending.url);
    if (page.has('allow')) page = await page.press('allow');
    const answer = await app.at[0].tryExchange(callbackOf(app, pending, page));
    if (answer.status !== 200) return answer.text;
    collection.tokens(origin, app, answer, true);
  }
  collection.session(origin, browser);
  return undefined;
}
