// What a relying party of this suite is: how it is installed, what it needs, and how it is driven.
import type { Closing } from '#test/stage/databases.ts';
import type { Processes } from './processes.ts';
import type { Program } from './programs.ts';
import type { Provider, User } from './provider.ts';

export interface RelyingParty {
  /** As in docs/interoperability.md. */
  readonly name: string;
  readonly needs: readonly Program[];
  /** Brings the library into the directory of the trial; returns its version. */
  install(place: Place): Promise<string>;
  /** Uses it against the provider, and reports each step that worked. Rejects when one does not. */
  drive(trial: Trial): Promise<void>;
}

export interface Place {
  /** A directory of its own, removed after the trial. */
  readonly directory: string;
  readonly processes: Processes;
}

export interface Trial extends Place {
  readonly provider: Provider;
  /** A user that no other trial signs in. */
  readonly user: User;
  /** Things to end with the trial. */
  readonly closing: Closing;
  /** The step worked; it appears in the result line. */
  passed(step: string): void;
}
