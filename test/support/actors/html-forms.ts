// Reads the forms of a page as a browser would submit them. It supports only the markup of the
// pages of this project and of oidc-provider, not HTML in general.

export interface HtmlForm {
  readonly action: string;
  readonly method: string;
  /** Values of the inputs by name. */
  readonly fields: ReadonlyMap<string, string>;
  readonly buttons: readonly HtmlButton[];
}

export interface HtmlButton {
  readonly id: string;
  readonly name: string;
  readonly value: string;
}

type Attributes = ReadonlyMap<string, string>;

const tags =
  /<(form|input|button|\/form|textarea|select|option)\b([^>]*)>(?:\n?([^<]*)<\/textarea>)?/g;
const attribute = /([\w-]+)(?:\s*=\s*"([^"]*)")?/g;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

export function readForms(html: string): readonly HtmlForm[] {
  const forms: {
    id: string;
    action: string;
    method: string;
    fields: Map<string, string>;
    buttons: HtmlButton[];
  }[] = [];
  let isOpen = false;
  let select = '';
  for (const [, tag, text = '', content = ''] of html.matchAll(tags)) {
    const attributes = readAttributes(text);
    if (tag === 'form') {
      const method = attributes.get('method')?.toLowerCase() ?? 'get';
      forms.push({
        id: attributes.get('id') ?? '',
        action: attributes.get('action') ?? '',
        method,
        fields: new Map(),
        buttons: [],
      });
    }
    const owner = attributes.get('form');
    const open = isOpen || tag === 'form' ? forms.at(-1) : undefined;
    const form = owner === undefined ? open : forms.find(({ id }) => id === owner);
    // Browsers do not submit an input without a name.
    if (tag === 'input' && attributes.has('name')) {
      form?.fields.set(nameOf(attributes), inputValue(attributes));
    }
    if (tag === 'textarea') form?.fields.set(nameOf(attributes), decodeHtml(content));
    if (tag === 'select') select = nameOf(attributes);
    if (tag === 'select' || (tag === 'option' && attributes.has('selected'))) {
      form?.fields.set(select, attributes.get('value') ?? '');
    }
    if (tag === 'button' && attributes.get('type') !== 'button')
      form?.buttons.push(buttonOf(attributes));
    isOpen = tag === 'form' || (isOpen && tag !== '/form');
  }
  return forms;
}

/** Replaces character references with their characters. */
export function decodeHtml(text: string): string {
  return text.replaceAll(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal) return String.fromCodePoint(Number(decimal));
    return entities[String(name)] ?? whole;
  });
}

function readAttributes(text: string): Attributes {
  const found = [...text.matchAll(attribute)];
  return new Map(found.map(([, name = '', value = '']) => [name.toLowerCase(), decodeHtml(value)]));
}

/** A required checkbox counts as checked, because the form could not be submitted otherwise. */
function inputValue(attributes: Attributes): string {
  const isCheckbox = attributes.get('type') === 'checkbox';
  const isChecked = attributes.has('checked') || attributes.has('required');
  return isCheckbox && !isChecked ? '' : (attributes.get('value') ?? '');
}

function nameOf(attributes: Attributes): string {
  return attributes.get('name') ?? '';
}

function buttonOf(attributes: Attributes): HtmlButton {
  return {
    id: attributes.get('id') ?? '',
    name: nameOf(attributes),
    value: attributes.get('value') ?? '',
  };
}
