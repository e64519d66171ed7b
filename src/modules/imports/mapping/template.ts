/** One part of a template: text as it stands, or the name of a column. */
export type TemplatePart = { text: string } | { column: string };

/** `order:{InvoiceNo}` in parts; `{{` and `}}` are braces themselves. Null where braces do not match. */
export function parseTemplate(template: string): TemplatePart[] | null {
  const parts: TemplatePart[] = [];
  let text = '';
  for (let at = 0; at < template.length; at++) {
    const sign = template[at];
    if ((sign === '{' || sign === '}') && template[at + 1] === sign) {
      text += sign;
      at++;
    } else if (sign === '{') {
      const end = template.indexOf('}', at);
      const column = template.slice(at + 1, end).trim();
      if (end < 0 || column === '' || column.includes('{')) return null;
      if (text) parts.push({ text });
      text = '';
      parts.push({ column });
      at = end;
    } else if (sign === '}') return null;
    else text += sign;
  }
  if (text) parts.push({ text });
  return parts;
}

/** The columns that a template names, or null where it cannot be read. */
export function placeholders(template: string): string[] | null {
  return parseTemplate(template)?.flatMap((part) => ('column' in part ? [part.column] : [])) ?? null;
}
