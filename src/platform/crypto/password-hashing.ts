// Creates and verifies argon2id hashes through a bounded queue. Hashes imported from other systems
// use the same queue; their comparison is in foreign-hashes/. The password policy is in
// features/passwords/passwords.ts.
import { availableParallelism } from 'node:os';
import { randomBytes } from 'node:crypto';
import { hash as argon2Hash, parseOptions, verify as argon2Verify } from '@node-rs/argon2';
import { AppError } from '#platform/errors.ts';
import { createObservation, type Observation } from '#platform/observation/observation.ts';
import { toUnpaddedBase64 } from './hashing.ts';

export interface PasswordHashingOptions {
  readonly memoryKib: number;
  readonly iterations: number;
  readonly parallelism: number;
  /** Maximum number of operations that wait for a free core. */
  readonly queueLimit: number;
  /** Number of worker processes that share the machine's cores; 1 by default. */
  readonly workers?: number;
  /**
   * Decrypts an imported hash that was sealed because it contains a secret of its former system.
   */
  readonly open?: (sealed: string) => string;
  readonly observation?: Observation;
}

export interface PasswordVerdict {
  readonly ok: boolean;
  /**
   * The password is correct, and its hash is weaker than the current settings or imported: store a
   * new one.
   */
  readonly rehash: boolean;
}

/** 256 code points take at most this many bytes in UTF-8. */
const maxPasswordBytes = 1_024;
const wrong: PasswordVerdict = { ok: false, rehash: false };
/** Prefix of a hash that is encrypted as a whole. */
export const sealedPrefix = '$sealed$';
/** What such a hash is encrypted for; it is not bound to a user, because an import makes it first. */
export const sealedHashContext = 'imported password hash';

export function createPasswordHasher(options: PasswordHashingOptions) {
  const { observation = createObservation() } = options;
  const turns = createTurns(options);
  const take = <Result>(name: string, work: () => Promise<Result>) =>
    observation.run({ kind: 'password_hash', name }, () => turns.take(work));
  const parameters = {
    memoryCost: options.memoryKib,
    timeCost: options.iterations,
    parallelism: options.parallelism,
  };
  const dummy = makeDummy(options);

  async function matches(hash: string, password: Buffer): Promise<boolean> {
    if (isArgon2(hash)) return argon2Verify(hash, password);
    const foreign = await import('./foreign-hashes/comparison.ts');
    const text = hash.startsWith(sealedPrefix)
      ? (options.open?.(hash.slice(sealedPrefix.length)) ?? '')
      : hash;
    return foreign.matchesForeignHash(text, password);
  }

  async function findForm(hash: string, forms: readonly Buffer[]): Promise<Buffer | undefined> {
    for (const form of forms) if (await matches(hash, form)) return form;
    return undefined;
  }

  return {
    /**
     * Returns a PHC string with a fresh salt.
     * @throws AppError `overloaded` when the queue is full
     */
    async hash(password: string): Promise<string> {
      const bytes = toBytes(password);
      if (!bytes) throw new AppError('invalid_input', 'That password is too long.');
      return take('hash', () => argon2Hash(bytes, parameters));
    },

    /** Without a hash (unknown user) it takes as long as with one and never succeeds. */
    async verify(hash: string | undefined, password: string): Promise<PasswordVerdict> {
      const bytes = toBytes(password);
      if (!bytes) return wrong;
      const form = await take('verify', () =>
        findForm(hash ?? dummy, [bytes, ...typedForm(password)]),
      );
      if (form === undefined || hash === undefined) return wrong;
      return { ok: true, rehash: form !== bytes || isWeaker(hash, options) };
    },

    /** Number of operations that are running or waiting. */
    pending: turns.pending,
  };
}
export type PasswordHasher = ReturnType<typeof createPasswordHasher>;

/**
 * Runs as many operations at once as this process has cores, less one for other requests, but at
 * least one and at most three. Hashes run in libuv's pool of four threads, which file access, DNS
 * lookups and signing share, so one thread stays free for those.
 */
function createTurns({ queueLimit, workers = 1 }: PasswordHashingOptions) {
  const cores = Math.floor(availableParallelism() / workers);
  const concurrency = Math.max(1, Math.min(cores - 1, 3));
  const queue: (() => void)[] = [];
  let running = 0;

  function admit(): Promise<void> {
    if (queue.length >= queueLimit) throw tooMany();
    return new Promise((resolve) => {
      queue.push(resolve);
    });
  }

  return {
    pending: (): number => running + queue.length,

    async take<Result>(work: () => Promise<Result>): Promise<Result> {
      if (running < concurrency) running += 1;
      else await admit();
      try {
        return await work();
      } finally {
        // The slot passes directly to the next operation in the queue, so that no later one can
        // take it.
        const next = queue.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}

function tooMany(): AppError {
  const message = 'Too many people are signing in right now. Please try again in a moment.';
  return new AppError('overloaded', message, { retryAfterSeconds: 2 });
}

/** A well-formed hash that matches no password and has the current cost. */
function makeDummy({ memoryKib, iterations, parallelism }: PasswordHashingOptions): string {
  const [salt, digest] = [16, 32].map((size) => toUnpaddedBase64(randomBytes(size)));
  return `$argon2id$v=19$m=${memoryKib},t=${iterations},p=${parallelism}$${salt}$${digest}`;
}

function isArgon2(hash: string): boolean {
  return hash.startsWith('$argon2');
}

function isWeaker(hash: string, options: PasswordHashingOptions): boolean {
  if (!isArgon2(hash)) return true;
  const used = parseOptions(hash);
  return (
    !hash.startsWith('$argon2id$v=19$') ||
    used.memoryCost < options.memoryKib ||
    used.timeCost < options.iterations ||
    used.parallelism < options.parallelism
  );
}

/**
 * Returns undefined for text that cannot be a password. Normalizes to NFC, because keyboards differ
 * in how they produce é (RFC 8265 §4.2.2); changes and truncates nothing else.
 */
function toBytes(password: string): Buffer | undefined {
  const bytes = Buffer.from(password.normalize('NFC'));
  return bytes.length <= maxPasswordBytes && password.isWellFormed() ? bytes : undefined;
}

/** The password as it was typed, if NFC changes it: not every other system normalized passwords. */
function typedForm(password: string): readonly Buffer[] {
  if (password === password.normalize('NFC')) return [];
  const bytes = Buffer.from(password);
  return bytes.length <= maxPasswordBytes ? [bytes] : [];
}
