// Signed cursors: the position in a list as a string that a client cannot modify, valid only for
// the list and the filter it was issued for.
import { createHmac } from 'node:crypto';
import { AppError } from '#platform/errors.ts';
import type { Page, PageRequest, Position } from '#platform/paging.ts';
import { equalBytes } from '#platform/crypto/hashing.ts';

const wellFormed = /^([\w-]{1,512})\.([\w-]{43})$/;

export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The first key signs; every key verifies. */
export function createCursors(keys: readonly Buffer[]) {
  const [signing] = keys;
  if (!signing) throw new TypeError('at least one cursor key is required');

  function sign(key: Buffer, list: string, body: string): string {
    return createHmac('sha256', key)
      .update(JSON.stringify([list, body]))
      .digest('base64url');
  }

  const seal = (list: string, position: Position): string => {
    const body = Buffer.from(JSON.stringify(position)).toString('base64url');
    return `${body}.${sign(signing, list, body)}`;
  };

  function open(list: string, cursor: string): Position {
    const [, body = '', mac = ''] = wellFormed.exec(cursor) ?? [];
    const isOurs = keys.some((key) => equalBytes(mac, sign(key, list, body)));
    if (!isOurs) throw new AppError('invalid_input', 'The cursor does not belong to this list.');
    // True because the signature proves that `seal` wrote it.
    return JSON.parse(Buffer.from(body, 'base64url').toString()) as Position;
  }

  return {
    /** @throws AppError `invalid_input` for a cursor that is forged or belongs to another list */
    pageOf(list: string, { limit, cursor }: PageQuery): PageRequest {
      return { limit, after: cursor === undefined ? undefined : open(list, cursor) };
    },
    present<Item, Shown>(
      list: string,
      { items, next }: Page<Item>,
      present: (item: Item) => Shown,
    ) {
      return {
        items: items.map(present),
        next_cursor: next === undefined ? null : seal(list, next),
      };
    },
  };
}

export type Cursors = ReturnType<typeof createCursors>;
