/** `docs/rules.md` and `docs/rule.schema.json`, out of the schema of rules. */

import { ruleSchema, scopeDescription, scopeSchema } from '../../policies/rule-language/rule.ts';
import { actionSchemas } from '../../policies/rule-language/rule-actions.ts';
import { conditionSchemas } from '../../policies/rule-language/rule-conditions.ts';
import { code, generatedNotice, table } from './markdown.ts';

interface Described {
  readonly description?: string | undefined;
  readonly properties: Readonly<Record<string, object>>;
  readonly required?: readonly string[] | undefined;
}

/** Taken by the server as it stands: a test publishes it. */
export const exampleRule = {
  name: 'No contracts to the outside',
  reason: 'Contracts leave the house by the legal department only.',
  owner: 'li@acme.example',
  scope: { direction: 'sent', traffic: 'external' },
  when: {
    any: [
      { test: 'text', in: ['subject', 'attachments'], words: ['合同', 'contract'] },
      { test: 'attachmentName', names: ['*合同*'] },
    ],
  },
  except: [{ test: 'address', in: ['envelopeSender'], match: ['legal@acme.example'] }],
  actions: [{ do: 'refuse', text: 'Contracts are sent by legal@acme.example.' }],
  samples: [
    {
      mail: { sender: 'wang@acme.example', recipients: ['buyer@outside.example'], subject: '采购合同' },
      expect: 'hit',
    },
    {
      mail: { sender: 'legal@acme.example', recipients: ['buyer@outside.example'], subject: '采购合同' },
      expect: 'no',
    },
  ],
} as const;

export function rulesPage(): string {
  return [
    `# Rules\n\n${generatedNotice}\n`,
    introduction,
    `## An example\n\n\`\`\`json\n${JSON.stringify(exampleRule, null, 2)}\n\`\`\`\n`,
    `## Scope\n\n${scopeDescription}.\n\n${membersTable(scopeSchema)}\n`,
    `## Conditions\n\n${conditions}\n\n${listOf('test', conditionSchemas)}\n`,
    `## Actions\n\n${actions}\n\n${listOf('do', actionSchemas)}\n`,
  ].join('\n');
}

export function ruleSchemaPage(): string {
  return `${JSON.stringify(ruleSchema, null, 2)}\n`;
}

const introduction = `A rule says whose mail it is about (\`scope\`), what has to be true of it (\`when\`, unless one of \`except\` is), and what is
done then (\`actions\`). It has a \`name\`, a \`reason\`, an \`owner\`, and may have a \`start\` and an \`end\`. Its form is the JSON schema
[rule.schema.json](rule.schema.json). \`muniment rule test FILE --mail FILE.eml\` says what it would do with a mail,
\`muniment rule add FILE\` publishes it if all its \`samples\` come out as they should.

All rules in force judge each mail that is submitted or arrives; mail that somebody files in their own mailbox has been
through its transport before. The strictest wins, for each recipient: refuse, quarantine, hold, deliver. Every reason is kept
with the mail. SMTP has one answer for a mail, so a rule that refuses it for one recipient refuses it for all.

Where a fact is missing on which the answer depends (an attachment that cannot be read, a check that was not made), the rule
cannot be decided: the mail is held, on the rule's own terms where it holds mail and for the administrators otherwise (decision
0030), or delivered where the rule says \`"undecidable": "deliver"\`.
`;

const conditions = `Words and texts are compared without regard to letters' case and width; white space is one blank, and between Chinese or
Japanese characters none. \`all\`, \`any\` and \`not\` join conditions.`;

const actions = `Of a mail for several people that a rule changes (\`tagSubject\`, \`appendDisclaimer\`) all get the same octets. What was accepted
stays as it is; what goes on is derived from it before anybody looks at it or approves it. A text goes below the plain text and
the page alike, never into what is signed or encrypted, and not where it stands already.`;

function listOf(member: string, schemas: Readonly<Record<string, Described>>): string {
  const rows = Object.entries(schemas).map(([name, schema]) => [
    code(name),
    schema.description ?? '',
    membersOf(schema)
      .filter((each) => each !== code(member))
      .join(', '),
  ]);
  return table([member, 'means', 'members'], rows);
}

function membersTable(schema: Described): string {
  const rows = Object.entries(schema.properties).map(([name, inner]) => {
    const words = 'enum' in inner ? (inner.enum as readonly string[]).map(code).join(', ') : 'list of names';
    return [code(name), words, 'description' in inner ? String(inner.description) : ''];
  });
  return table(['member', 'values', 'means'], rows);
}

function membersOf({ properties, required = [] }: Described): string[] {
  return Object.keys(properties).map((name) =>
    required.includes(name) ? code(name) : `${code(name)} (optional)`,
  );
}
