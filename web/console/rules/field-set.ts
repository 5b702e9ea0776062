/** The members of one part of a rule, each by its field. */
import { html, type TemplateResult } from 'lit';
import type { RuleChanged, RuleProblems } from './rule-element.ts';
import './rule-field.ts';
import type { RuleField } from './rule-fields.ts';
import { type Part, type Path, withMember } from './rule-value.ts';

export interface FieldsOf {
  /** What they belong to, for their labels. */
  readonly of: string;
  readonly fields: readonly RuleField[];
  readonly part: Part;
  readonly path: Path;
  readonly problems: RuleProblems;
}

export function fieldSet(
  { of, fields, part, path, problems }: FieldsOf,
  change: (part: Part) => void,
): TemplateResult {
  return html`<div class="fields" ?hidden=${fields.length === 0}>
    ${fields.map(
      (field) => html`<rule-field
        data-field=${field.name}
        .of=${of}
        .field=${field}
        .value=${part[field.name]}
        .path=${[...path, field.name]}
        .problems=${problems}
        @rule-changed=${(event: RuleChanged) => {
          change(withMember(part, field.name, event.detail));
        }}
      ></rule-field>`,
    )}
  </div>`;
}
