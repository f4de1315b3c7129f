// Counts, by revocation and by credential, how many credentials had to be refused and how many
// were accepted.
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

export type Results = ReturnType<typeof createTally>;

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
    /** The revocation was refused or a node did not respond, so the round proves nothing. */
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
    /**
     * Credentials that must be accepted: those of a sign-in after the revocation, and those that it does not
     * cover.
     */
    kept(act: string, seed: number, what: string, works: boolean): void {
      counts.kept += 1;
      if (!works) losses.push({ act, seed, what });
    },
    /** Returns one line per revocation and one per kind of accepted credential. */
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

/** Describes the first few findings, with the seed that reproduces each plan. */
export function describeFindings(findings: readonly Finding[]): string {
  const shown = findings.slice(0, 12);
  const texts = shown.map(({ act, seed, what }) => `${what} after "${act}" (RACE_SEED=${seed})`);
  const rest = findings.length - shown.length;
  return [...texts, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n');
}
