// Which blocks of a page an administrator sees, and where.
import type { ManagementScope } from '#core/clients/scopes.ts';
import type { Block, Cell, TableBlock } from './page-model.ts';

/** Facts stand beside tables and timelines, and wide tables below both. */
export function arrange(all: readonly Block[]) {
  const hasSide = all.some(({ kind }) => kind === 'table' || kind === 'timeline');
  const isBeside = ({ kind }: Block) => hasSide && kind === 'facts';
  const isBelow = (block: Block) => all.some(isBeside) && block.kind === 'table' && block.isWide;
  return {
    blocks: all.filter((block) => !isBeside(block) && !isBelow(block)),
    side: all.filter(isBeside),
    below: all.filter(isBelow),
  };
}

/** Leaves out what the administrator may not do. */
export function permitted(block: Block, may: (scope: ManagementScope) => boolean): Block {
  if (block.kind === 'facts') {
    const facts = block.facts.map((fact) =>
      fact.action && !may(fact.action.scope) ? { ...fact, action: undefined } : fact,
    );
    return { ...block, facts };
  }
  if (block.kind !== 'table') return block;
  const begin = block.begin && may(block.begin.scope) ? block.begin : undefined;
  return withoutEmptyEnd({ ...block, begin });
}

/** Without the column of actions when there are none. */
function withoutEmptyEnd(block: TableBlock): TableBlock {
  if (block.columns.at(-1)?.label !== 'Action') return block;
  const isEmpty = (cell: Cell | undefined) =>
    cell === '' || (Array.isArray(cell) && cell.length === 0);
  if (!block.rows.every((row) => isEmpty(row.at(-1)))) return block;
  const rows = block.rows.map((row) => row.slice(0, -1));
  return { ...block, rows, columns: block.columns.slice(0, -1) };
}
