// The picture of docs/performance.md: processor time per request of the servers, as bars.
import type { LoadResults, Measured } from '#bench/load/results.ts';
import type { ServerName } from '#bench/load/flow.ts';

const width = 760;
const left = 210;
const right = 90;
const barHeight = 12;
const groupGap = 14;
const top = 56;

const series: readonly { readonly name: ServerName; readonly label: string }[] = [
  { name: 'ostiary', label: 'Ostiary' },
  { name: 'engine', label: 'oidc-provider alone' },
  { name: 'floor', label: 'floor' },
];

/** Its bars would leave no room for the others. */
const omitted = new Set(['password sign-in', 'hello']);

export function drawChart({ flows }: LoadResults): string {
  const shown = flows.filter(({ flow }) => !omitted.has(flow));
  const longest = Math.max(1, ...shown.flatMap((each) => barsOf(each).map(({ us }) => us)));
  const scale = (us: number) => Math.max(1, (us / longest) * (width - left - right));
  const parts: string[] = [];
  let y = top;
  for (const each of shown) {
    const bars = barsOf(each);
    const middle = y + (bars.length * barHeight) / 2 + 4;
    parts.push(text(left - 10, middle, each.flow, 'end'));
    for (const { name, us } of bars) {
      const length = scale(us).toFixed(1);
      const size = `width="${length}" height="${barHeight - 2}"`;
      parts.push(`<rect class="${name}" x="${left}" y="${y}" ${size} rx="2"/>`);
      const label = Math.round(us).toLocaleString('en');
      parts.push(text(left + scale(us) + 6, y + barHeight - 2, label, 'start', 'small'));
      y += barHeight;
    }
    y += groupGap;
  }
  return svg(y, [...legend(), ...parts]);
}

function barsOf({ closed }: Measured): readonly { name: ServerName; us: number }[] {
  return series.flatMap(({ name }) => {
    const us = closed[name]?.median.serverCpu;
    return us === undefined ? [] : [{ name, us }];
  });
}

function legend(): readonly string[] {
  return series.map(({ name, label }, index) => {
    const x = left + index * 170;
    const box = `<rect class="${name}" x="${x}" y="34" width="10" height="10" rx="2"/>`;
    return box + text(x + 16, 43, label, 'start');
  });
}

function text(x: number, y: number, content: string, anchor: string, kind = ''): string {
  const name = kind === '' ? '' : ` class="${kind}"`;
  return `<text${name} x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}">${content}</text>`;
}

function svg(height: number, parts: readonly string[]): string {
  const title = 'Processor time of the server per request, in microseconds';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
<style>
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .small { font-size: 11px; }
  .title { font-weight: 600; }
  .ground { fill: #ffffff; }
  .ostiary { fill: #2f6f4f; }
  .engine { fill: #8a94a0; }
  .floor { fill: #c9a24b; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .ground { fill: #0d1117; }
    .ostiary { fill: #5fb98b; }
  }
</style>
<rect class="ground" width="${width}" height="${height}" rx="6"/>
${text(16, 22, title, 'start', 'title')}
${parts.join('\n')}
</svg>
`;
}
