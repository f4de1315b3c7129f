// The ratios of other products on the terminal.
import type { LoadResults } from '#bench/load/results.ts';
import { formatTable } from '#bench/table.ts';
import { measuredPeers, peerGoals, peerTitles, ratioOf, verdictOf } from './ratios.ts';

export function describePeers(results: LoadResults): string {
  const peers = measuredPeers(results);
  const headings = peers.flatMap((peer) => [`${peerTitles[peer]} / Ostiary`, 'with stores']);
  const rows = results.flows.map((measured) => [
    measured.flow,
    ...peers.flatMap((peer) => {
      const ratio = ratioOf(measured, peer);
      return [show(ratio?.server), show(ratio?.total)];
    }),
    show(peerGoals[measured.flow], 1),
    verdictOf(measured),
  ]);
  const table = formatTable([['flow', ...headings, 'goal', 'verdict'], ...rows]);
  return `${table}\n\nRatios of processor time per round. The goals are for Keycloak, without the stores.`;
}

function show(value: number | undefined, digits = 2): string {
  return value === undefined ? '-' : value.toFixed(digits);
}
