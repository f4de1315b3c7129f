// The interface of a relying party of this suite: its services, its requirements, and its
// trial.
import type { CleanUp } from '#test/support/services/databases.ts';
import type { Processes } from './processes.ts';
import type { Program } from './programs.ts';
import type { Provider, User } from './provider.ts';

export interface RelyingParty {
  /** The name in docs/interoperability.md. */
  readonly name: string;
  readonly needs: readonly Program[];
  /** Installs the library in the directory of the trial; returns its version. */
  install(place: Place): Promise<string>;
  /**
   * Runs the trial against the provider and reports each step that succeeded. Rejects when a step
   * fails.
   */
  drive(trial: Trial): Promise<void>;
}

export interface Place {
  /** A temporary directory, removed after the trial. */
  readonly directory: string;
  readonly processes: Processes;
}

export interface Trial extends Place {
  readonly provider: Provider;
  /** A user that no other trial uses. */
  readonly user: User;
  /** Resources to release at the end of the trial. */
  readonly closing: CleanUp;
  /** Reports that the step succeeded; it appears in the result line. */
  passed(step: string): void;
}
