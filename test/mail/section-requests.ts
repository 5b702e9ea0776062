/** Which sections of a mail the comparison with Dovecot asks for, and what we answer. */
import { filterHeader } from '../../services/mail/header-filter.ts';
import type { PartPlace } from '../../services/mail/part-codec.ts';
import { type ReadableMail, resolveSection, type SectionSpec } from '../../services/mail/sections.ts';

const someFields = ['from', 'subject', 'received', 'content-type', 'x-no-such'];

/** Every part there is, one that is not behind each, and the fields of every message. */
export function sectionSpecs(root: PartPlace): SectionSpec[] {
  return [
    ...messageSpecs([]),
    ...partPaths(root).flatMap((path) => [
      spec(path, 'full'),
      spec(path, 'mime'),
      ...messageSpecs(path).slice(1),
    ]),
  ];
}

function messageSpecs(path: readonly number[]): SectionSpec[] {
  return [
    spec(path, 'full'),
    spec(path, 'header'),
    spec(path, 'text'),
    spec(path, 'headerFields', someFields),
    spec(path, 'headerFieldsNot', someFields),
  ];
}

function spec(
  path: readonly number[],
  text: SectionSpec['text'],
  fields: readonly string[] = [],
): SectionSpec {
  return { path, text, fields: new Set(fields) };
}

/** Part numbers of all parts, and after each group the number that no part has; at most 40. */
function partPaths(root: PartPlace): number[][] {
  const paths: number[][] = [];
  const visit = (container: PartPlace, path: readonly number[]): void => {
    const children = container.kind === 'multipart' ? container.children : [container];
    for (const [index, child] of children.entries()) {
      paths.push([...path, index + 1]);
      if (child.kind === 'multipart' && child !== container) visit(child, [...path, index + 1]);
      if (child.kind === 'message') visit(child.children[0]!, [...path, index + 1]);
    }
    paths.push([...path, children.length + 1]);
  };
  visit(root, []);
  return paths.slice(0, 40);
}

const names = {
  full: '',
  header: 'HEADER',
  text: 'TEXT',
  mime: 'MIME',
  headerFields: 'HEADER.FIELDS',
  headerFieldsNot: 'HEADER.FIELDS.NOT',
};

/** `2.1.HEADER.FIELDS (from)`, as it stands in the brackets. */
export function sectionName({ path, text, fields }: SectionSpec): string {
  const name = [...path, ...(text === 'full' ? [] : [names[text]])].join('.');
  return fields.size > 0 ? `${name} (${[...fields].join(' ')})` : name;
}

/** What we answer to BODY[section], octets as Latin-1; null where there is no such part. */
export function ourSection(mail: ReadableMail, octets: Buffer, section: SectionSpec): string | null {
  const found = resolveSection(mail, section);
  if (found === null) return null;
  const content = octets.subarray(found.from, found.to).toString('latin1');
  return found.filter === 'none' ? content : filterHeader(content, section.fields, found.filter === 'except');
}
