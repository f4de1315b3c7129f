// Reads the HTML of mails, as far as tests need it.

/** Replaces the entities that mails contain. */
export function decode(html: string): string {
  const named: Readonly<Record<string, string>> = {
    amp: '&',
    lt: '<',
    gt: '>',
    '#34': '"',
    '#39': "'",
  };
  return html.replaceAll(/&([\w#]+);/g, (whole, name: string) => named[name] ?? whole);
}

const voidElements = new Set(['meta', 'img', 'br', 'hr', '!doctype']);

/** The elements that are not closed in order, and attributes without quotes. */
export function findUnclosed(html: string): readonly string[] {
  const plain = html.replaceAll(/<!--[^]*?-->/g, '');
  const faults: string[] = [];
  const open: string[] = [];
  for (const [tag, slash, name = '', rest = ''] of plain.matchAll(/<(\/?)([!\w]+)([^>]*)>/g)) {
    if (/=(?!")/.test(rest.replaceAll(/"[^"]*"/g, '""'))) faults.push(tag);
    if (voidElements.has(name)) continue;
    if (!slash) open.push(name);
    else if (open.pop() !== name) faults.push(tag);
  }
  return [...faults, ...open];
}
