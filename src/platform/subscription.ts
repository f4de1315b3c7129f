// Subscriptions to messages, whichever store delivers them.

export interface Subscriber {
  hear(text: string): void;
  /** The connection was lost until now, so messages may have been missed. */
  missed(): void;
}

export interface Listening {
  close(): Promise<void>;
}
