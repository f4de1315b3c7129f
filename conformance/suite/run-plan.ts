// Runs the modules of one plan, one after the other, and judges each result.
import { setTimeout as pause } from 'node:timers/promises';
import type { LogEntry, PlanModule, SuiteApi } from './suite-api.ts';

export interface PlanRequest {
  /** Our name of the plan. */
  readonly name: string;
  readonly planName: string;
  readonly variant: Record<string, string>;
  readonly config: object;
  /** Acts of the operator that a module waits for before it is started, by module. */
  readonly acts?: Readonly<Record<string, () => Promise<unknown>>>;
  /** Acts of the operator that a running module asks for in its log, by module. */
  readonly prompts?: Readonly<Record<string, Prompt>>;
}

export interface Prompt {
  /** A part of the message in the log. */
  readonly message: string;
  readonly act: () => Promise<unknown>;
}

export interface ModuleResult {
  readonly module: string;
  /** The id of the run in the suite; its log is at `log-detail.html?log=`. */
  readonly id: string;
  readonly result: string;
  readonly isGood: boolean;
  readonly seconds: number;
  /** Why it is not passed, or what a page showed that a person must judge. */
  readonly findings: readonly string[];
}

export interface PlanResult {
  readonly name: string;
  readonly planName: string;
  readonly variant: Record<string, string>;
  readonly modules: readonly ModuleResult[];
}

export interface RunOptions {
  readonly timeoutSeconds: number;
  /** Names of modules; an asterisk at the end stands for any text. By default all. */
  readonly only: readonly string[];
  readonly say: (line: string) => void;
  /** Between two looks at the state of a module; by default a second. */
  readonly pollMilliseconds?: number;
}

/** SKIPPED: the provider properly refuses an optional feature. REVIEW: a person must look at a page. */
const goodResults = new Set(['PASSED', 'SKIPPED', 'REVIEW', 'WARNING']);

const faults = new Set(['FAILURE', 'WARNING']);

export async function runPlan(
  api: SuiteApi,
  request: PlanRequest,
  options: RunOptions,
): Promise<PlanResult> {
  const { name, planName, variant, config } = request;
  const plan = await api.createPlan(planName, variant, config);
  const chosen = plan.modules.filter(({ testModule }) => isChosen(testModule, options.only));
  options.say(`${name}: ${planName}, ${chosen.length} modules`);
  const modules: ModuleResult[] = [];
  for (const module of chosen) {
    const result = await runModule(api, { planId: plan.id, module, request, options });
    modules.push(result);
    options.say(describe(result, modules.length, chosen.length));
  }
  return { name, planName, variant, modules };
}

function isChosen(module: string, only: readonly string[]): boolean {
  const fits = (pattern: string) =>
    pattern.endsWith('*') ? module.startsWith(pattern.slice(0, -1)) : module === pattern;
  return only.length === 0 || only.some(fits);
}

interface Run {
  readonly planId: string;
  readonly module: PlanModule;
  readonly request: PlanRequest;
  readonly options: RunOptions;
}

async function runModule(api: SuiteApi, run: Run): Promise<ModuleResult> {
  const begun = performance.now();
  const { testModule: module } = run.module;
  let id = '';
  const finish = (result: string, findings: readonly string[]): ModuleResult => ({
    module,
    id,
    result,
    isGood: goodResults.has(result) && !findings.some((each) => each.startsWith('no picture')),
    seconds: Math.round((performance.now() - begun) / 1000),
    findings,
  });
  try {
    id = await api.createModule(run.planId, run.module);
    const result = await waitForResult(api, id, run);
    if (result === 'TIMEOUT') return finish(result, await whyItWaits(api, id));
    return finish(result, findingsOf(await api.log(id)));
  } catch (error) {
    return finish('ERROR', [String(error)]);
  }
}

async function waitForResult(api: SuiteApi, id: string, { module, request, options }: Run) {
  const deadline = performance.now() + options.timeoutSeconds * 1000;
  const act = request.acts?.[module.testModule];
  let prompt = request.prompts?.[module.testModule];
  let isStarted = false;
  while (performance.now() < deadline) {
    const { status, result } = await api.state(id);
    if (status === 'INTERRUPTED') return status;
    if (status === 'FINISHED' && result !== undefined && result !== 'UNKNOWN') return result;
    if (status === 'CONFIGURED' && !isStarted) {
      isStarted = true;
      await act?.();
      await api.start(id);
    }
    if (prompt && (await isAsked(api, id, prompt))) {
      await prompt.act();
      prompt = undefined;
    }
    await pause(options.pollMilliseconds ?? 1000);
  }
  return 'TIMEOUT';
}

async function isAsked(api: SuiteApi, id: string, { message }: Prompt): Promise<boolean> {
  return (await api.log(id)).some(({ msg }) => msg?.includes(message));
}

async function whyItWaits(api: SuiteApi, id: string): Promise<readonly string[]> {
  const { urls } = await api.waiting(id);
  await api.stop(id);
  return urls.map((url) => `no script opened ${url.slice(0, 160)}`);
}

function findingsOf(log: readonly LogEntry[]): readonly string[] {
  return log.flatMap(({ result, src, msg, error, upload, page_source: page }) => {
    if (result === 'REVIEW' && page !== undefined) return [`shown: ${visibleText(page)}`];
    if (result === 'REVIEW' && upload !== undefined) return ['no picture of a page was taken'];
    const isFault = result === undefined ? error !== undefined : faults.has(result);
    if (isFault) {
      return [`${result ?? 'error'} ${src ?? ''}: ${(msg ?? error ?? '').slice(0, 300)}`];
    }
    return [];
  });
}

/** What a person would see of a page: a REVIEW is good only if the page is the right one. */
function visibleText(html: string): string {
  return html
    .replaceAll(/<(script|style|head|svg)\b[\s\S]*?<\/\1>/g, ' ')
    .replaceAll(/<(\w+)(?=[^>]*\shidden\b)[^>]*>[^<]*<\/\1>/g, ' ')
    .replaceAll(/<img\b[^>]*>/g, ' [image] ')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 700);
}

function describe(
  { module, result, isGood, seconds, findings }: ModuleResult,
  index: number,
  all: number,
) {
  const isQuiet = isGood && result !== 'REVIEW' && result !== 'WARNING';
  const details = isQuiet ? [] : findings.slice(0, 8).map((each) => `\n      ${each}`);
  return `${isGood ? ' ' : '*'} ${result.padEnd(11)} ${index}/${all} ${module}, ${seconds} s${details.join('')}`;
}
