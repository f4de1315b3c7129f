// Creation of a resource by a route: the status 201 with Location and ETag, and the header
// Idempotency-Key, which makes a repetition of the request safe (decision 0027).
import type { Context } from '#http/context.ts';
import type { Idempotency, KeepAnswer } from '#core/idempotency/idempotency.service.ts';
import type { ApiCaller } from '#oidc/tokens/management-tokens.ts';
import { AppError } from '#platform/errors.ts';
import { tagOf } from './conditions.ts';

/**
 * Runs `create`, or returns the stored response if the request repeats an earlier one. `create` must call
 * `keep` in the transaction of the creation. Its result may add secrets, which a repetition does not contain.
 */
export type Creates = <Result extends object>(
  create: (keep: KeepAnswer) => Promise<Result>,
) => Promise<Result>;

export interface CreationRequest {
  readonly ctx: Context;
  /** Absolute path of the API, to which locations are relative. */
  readonly base: string;
  readonly caller: ApiCaller;
  readonly body: unknown;
}

/**
 * The header field is a structured string (draft-ietf-httpapi-idempotency-key-header-07 §2.1). An empty value
 * is refused, since its sender expects a repetition to be safe.
 */
function readKey(ctx: Context): string | undefined {
  const text = ctx.headers['idempotency-key'];
  if (text === undefined) return undefined;
  const [, quoted, bare] =
    /^(?:"([\x20\x21\x23-\x7e]{1,255})"|([\x21\x23-\x7e]{1,255}))$/.exec(String(text)) ?? [];
  const key = quoted ?? bare;
  if (key !== undefined) return key;
  const message = 'Idempotency-Key must be 1 to 255 printable ASCII characters.';
  throw new AppError('invalid_input', message);
}

export function createCreation(
  idempotency: Idempotency,
  { ctx, base, caller, body }: CreationRequest,
): Creates {
  function describe(location: string, answer: object): void {
    ctx.set('Location', `${base}${location}`);
    ctx.set('ETag', `"${tagOf(answer)}"`);
  }

  return async function creates<Result extends object>(
    create: (keep: KeepAnswer) => Promise<Result>,
  ): Promise<Result> {
    const key = readKey(ctx);
    let made: Result | undefined;
    const run = async (keep: KeepAnswer) => {
      made = await create(async (tx, created) => {
        describe(created.location, created.answer);
        await keep(tx, created);
      });
    };
    if (key === undefined) await run(keepNothing);
    else {
      const { actor, clientId } = caller;
      const content = [ctx.method, ctx.path, body];
      const request = { caller: [clientId, actor.kind, actor.id ?? ''], key, content };
      const repeated = await idempotency.once(request, run);
      if (repeated) {
        describe(repeated.location, repeated.answer);
        // True because this route stored the response; only the secrets are missing, which are optional
        // members.
        return repeated.answer as Result;
      }
    }
    if (made === undefined) throw new TypeError('the creation had no result');
    return made;
  };
}

async function keepNothing(): Promise<void> {}
