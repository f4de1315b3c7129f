// What hearing from a store looks like, whichever store it is.

export interface Hearer {
  hear(text: string): void;
  /** The way was closed until now: anything may have been missed. */
  missed(): void;
}

export interface Listening {
  close(): Promise<void>;
}
