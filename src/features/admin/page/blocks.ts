// Decides which blocks of a page an administrator sees, and where.
import type { ManagementScope } from '#core/clients/scopes.ts';
import type { ActionLink, Block, Cell, TableBlock } from './page-model.ts';

/** More visible actions would push the content of the page down on a phone. */
const maxButtons = 3;

/**
 * The main action comes first, destructive ones last. A menu contains the actions for which there is no room,
 * and several that are destructive or lead to other lists.
 */
export function arrangeActions(all: readonly ActionLink[]) {
  const placeOf = ({ tone }: ActionLink) => (tone === 'main' ? 0 : tone === 'danger' ? 2 : 1);
  const sorted = all.toSorted((a, b) => placeOf(a) - placeOf(b));
  const isMinor = ({ tone }: ActionLink) =>
    (tone === 'danger' || tone === 'quiet') && all.filter((each) => each.tone === tone).length > 1;
  const buttons = sorted.filter((each) => !isMinor(each));
  const hasMenu = buttons.length < sorted.length || buttons.length > maxButtons;
  const actions = buttons.slice(0, hasMenu ? maxButtons - 1 : maxButtons);
  return { actions, moreActions: sorted.filter((each) => !actions.includes(each)) };
}

/** Facts are placed beside tables and timelines, wide tables below both. */
export function arrange(all: readonly Block[]) {
  const hasSide = all.some(({ kind }) => kind === 'table' || kind === 'timeline');
  const isBeside = (block: Block) =>
    hasSide && block.kind === 'facts' && !block.isMain && !block.isStrip;
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
    const action = block.action && may(block.action.scope) ? block.action : undefined;
    return { ...block, facts, action };
  }
  if (block.kind !== 'table') return block;
  const begin = block.begin && may(block.begin.scope) ? block.begin : undefined;
  return withoutEmptyEnd({ ...block, begin });
}

/** Leaves out the column of actions if there are none. */
function withoutEmptyEnd(block: TableBlock): TableBlock {
  if (block.columns.at(-1)?.label !== 'Action') return block;
  const isEmpty = (cell: Cell | undefined) =>
    cell === '' || (Array.isArray(cell) && cell.length === 0);
  if (!block.rows.every((row) => isEmpty(row.at(-1)))) return block;
  const rows = block.rows.map((row) => row.slice(0, -1));
  return { ...block, rows, columns: block.columns.slice(0, -1) };
}
