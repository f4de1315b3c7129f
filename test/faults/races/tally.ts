// Counts, by act and by what was obtained, how much had to be refused and how much was accepted.
import type { Credential } from './credentials.ts';

export interface Finding {
  readonly act: string;
  readonly seed: number;
  readonly what: string;
}

interface Line {
  judged: number;
  survived: number;
}

export type Tally = ReturnType<typeof createTally>;

export function createTally() {
  const rounds = new Map<string, number>();
  const lines = new Map<string, Map<string, Line>>();
  const survivors: Finding[] = [];
  const losses: Finding[] = [];
  const abortions: Finding[] = [];
  const counts = { kept: 0, lateAnswers: 0 };

  return {
    survivors,
    losses,
    abortions,
    counts,
    rounds: (): number => [...rounds.values()].reduce((sum, count) => sum + count, 0),
    acts: (): readonly string[] => [...rounds.keys()],
    round(act: string): void {
      rounds.set(act, (rounds.get(act) ?? 0) + 1);
    },
    /** The act itself was refused, or a node gave no answer: nothing is known of the rest. */
    aborted: (act: string, seed: number, what: string) =>
      void abortions.push({ act, seed, what: what.slice(0, 300) }),
    ended(act: string, seed: number, credential: Credential, survives: boolean): void {
      const what = `${credential.kind} from ${credential.source}`;
      const ofAct = lines.get(act) ?? new Map<string, Line>();
      lines.set(act, ofAct);
      const line = ofAct.get(what) ?? { judged: 0, survived: 0 };
      ofAct.set(what, line);
      line.judged += 1;
      if (!survives) return;
      line.survived += 1;
      survivors.push({ act, seed, what });
    },
    /** What must work: a sign-in after the act, and what the act does not reach. */
    kept(act: string, seed: number, what: string, works: boolean): void {
      counts.kept += 1;
      if (!works) losses.push({ act, seed, what });
    },
    /** One line per act, and one per kind of survivor. */
    *report(): Generator<string> {
      for (const [act, ofAct] of [...lines].toSorted(([a], [b]) => a.localeCompare(b))) {
        const judged = [...ofAct.values()].reduce((sum, line) => sum + line.judged, 0);
        const survived = [...ofAct.values()].reduce((sum, line) => sum + line.survived, 0);
        yield `${act}: ${rounds.get(act) ?? 0} rounds, ${survived} of ${judged} survived`;
        for (const [what, line] of ofAct) {
          if (line.survived > 0) yield `  ${what}: ${line.survived} of ${line.judged}`;
        }
      }
    },
  };
}

/** A few of them in words, with the seed that makes the plan again. */
export function describeFindings(findings: readonly Finding[]): string {
  const shown = findings.slice(0, 12);
  const texts = shown.map(({ act, seed, what }) => `${what} after "${act}" (RACE_SEED=${seed})`);
  const rest = findings.length - shown.length;
  return [...texts, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n');
}
