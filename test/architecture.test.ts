/**
 * The house (design: bands of imports). Each rule names the file and the import that breaks it; a planted
 * violation of each rule is tried below, so that no rule can fall asleep.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { acts } from '../policies/access.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Source {
  readonly file: string;
  readonly text: string;
}

function sourcesUnder(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
}

/** Modules that a source imports, ours as paths from the root, others by name. */
function importsOf({ file, text }: Source): string[] {
  const specifiers = [
    ...text.matchAll(/(?:^|\n)(?:import|export)\s(?:[^;'"]*?\sfrom\s)?\s*['"]([^'"\n]+)['"]/g),
  ].map((m) => m[1]!);
  const dynamic = [...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)].map((m) => m[1]!);
  return [...specifiers, ...dynamic].map((specifier) =>
    specifier.startsWith('.') ? relative(root, resolve(root, dirname(file), specifier)) : specifier,
  );
}

const ports = new Set([
  'services/event-store/event-store.ts',
  'services/blob-store/blob-store.ts',
  'services/blob-store/scanner-port.ts',
  'services/blob-store/structure-cache.ts',
  'services/key-store/key-store.ts',
]);

/** Rooms over the ports that hold no engine: they may be used wherever the port may. */
const overPorts =
  /^services\/(blob-store\/(frame|frame-[a-z-]+|keep-blob|read-blob)|event-store\/(sealed-event-store|sealed-[a-z-]+|key-names|record-[a-z-]+))\.ts$/;

interface Room {
  readonly name: string;
  readonly holds: RegExp;
  /** What of ours it may import, besides itself. */
  readonly mayImport: RegExp;
  readonly mayUsePorts: boolean;
}

const domain = 'services/domain/|services/(identifiers\\.ts$|memory/)';
const pure = `${domain}|services/mail/|policies/`;
const doors = 'services/(imap|pop3|smtp|http|delivery|workflows|cli)/';
/** What stands between the engines and the doors: single files and the rooms that they have become. */
const between =
  'services/(?!main\\.ts$)([a-z-]+\\.ts$|(approvals|authentication|directory|mailstores|memory|recording|rules|sign-in|supervision)/)';
const middle = `${pure}|projections/|${between}|services/ledger/`;

function engineRoom(name: string): Room {
  const holds = new RegExp(`^services/${name}/`);
  return { name, holds, mayImport: new RegExp(`^(${domain}|services/mail/)`), mayUsePorts: true };
}

const rooms: readonly Room[] = [
  { name: 'domain', holds: /^services\/domain\//, mayImport: /^$/, mayUsePorts: false },
  { name: 'config', holds: /^services\/config(-readers)?\.ts$/, mayImport: /^$/, mayUsePorts: false },
  { name: 'imap/protocol', holds: /^services\/imap\/protocol\//, mayImport: /^$/, mayUsePorts: false },
  { name: 'mail', holds: /^services\/mail\//, mayImport: new RegExp(`^(${domain})`), mayUsePorts: false },
  { name: 'policies', holds: /^policies\//, mayImport: new RegExp(`^(${domain})`), mayUsePorts: false },
  engineRoom('event-store'),
  engineRoom('blob-store'),
  engineRoom('key-store'),
  { name: 'projections', holds: /^projections\//, mayImport: new RegExp(`^(${pure})`), mayUsePorts: true },
  { name: 'ledger', holds: /^services\/ledger\//, mayImport: new RegExp(`^(${middle})`), mayUsePorts: true },
  {
    name: 'services',
    holds: new RegExp(`^${between}`),
    mayImport: new RegExp(`^(${middle})`),
    mayUsePorts: true,
  },
  {
    name: 'doors',
    holds: new RegExp(`^${doors}`),
    mayImport: new RegExp(`^(${middle}|services/config\\.ts$)`),
    mayUsePorts: true,
  },
  {
    name: 'docs',
    holds: /^services\/docs\//,
    mayImport: /^(services\/(domain\/|config\.ts$|http\/api\/contract\/)|policies\/)/,
    mayUsePorts: false,
  },
  { name: 'web', holds: /^web\//, mayImport: /^$/, mayUsePorts: false },
  {
    name: 'composition',
    holds: /^services\/(threads|start)\//,
    mayImport: /^(services\/(?!demo\/)|projections\/|policies\/)/,
    mayUsePorts: true,
  },
  // A server that serves real mail has nothing of the invented one: only the entry knows of it.
  { name: 'demo', holds: /^services\/demo\//, mayImport: /^(services|policies)\//, mayUsePorts: false },
  { name: 'entry', holds: /^services\/main\.ts$/, mayImport: /^services\//, mayUsePorts: false },
];

/** npm packages and where alone they may be named. */
const edges: Readonly<Record<string, RegExp>> = {
  '@eventstore/db-client': /^services\/event-store\/eventstoredb-event-store\.ts$/,
  '@elastic/elasticsearch': /^services\/search\/elasticsearch-[a-z-]+\.ts$/,
  fastify: /^services\/http\//,
  'smtp-server': /^services\/smtp\//,
  'nodemailer/lib/smtp-connection': /^services\/delivery\/smtp-client\.ts$/,
  mailparser: /^services\/mail\//,
  'mailauth/lib/arc/index.js': /^services\/authentication\/verify-origin\.ts$/,
  'mailauth/lib/dkim/dkim-signer.js': /^services\/authentication\//,
  'mailauth/lib/dkim/dkim-verifier.js': /^services\/authentication\/verify-origin\.ts$/,
  'mailauth/lib/dmarc/index.js': /^services\/authentication\/verify-origin\.ts$/,
  'mailauth/lib/spf/index.js': /^services\/authentication\/verify-origin\.ts$/,
  'mailauth/lib/tools.js': /^services\/authentication\//,
  typebox: /^(policies\/rule-language|services\/http)\//,
  'typebox/schema': /^policies\/rule-language\//,
  'opencc-js/dict/TSCharacters': /^services\/mail\/simplified-characters\.ts$/,
  'iconv-lite': /^services\/(mail|directory)\//,
  '@fastify/static': /^services\/http\//,
  lit: /^web\//,
  dompurify: /^web\//,
  vite: /^web\/vite\.config\.ts$/,
  pino: /^services\/log\.ts$/,
  'prom-client': /^services\/http\//,
};

function roomOf(file: string): Room | undefined {
  return rooms.find(({ holds }) => holds.test(file));
}

function violations(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const room = roomOf(source.file);
    if (!room) return [`${source.file}: belongs to no room`];
    // Types alone tell the pages what the server answers.
    const text = room.name === 'web' ? withoutContract(source.text) : source.text;
    return importsOf({ ...source, text }).flatMap((imported) => violation(room, source.file, imported));
  });
}

function withoutContract(text: string): string {
  return text.replace(/(^|\n)import type [^;]*services\/http\/[^;]*;/g, '\n');
}

function violation(room: Room, file: string, imported: string): string[] {
  const said = [`${file}: ${room.name} must not import ${imported}`];
  if (
    !imported.startsWith('services/') &&
    !imported.startsWith('projections/') &&
    !imported.startsWith('policies/') &&
    !imported.startsWith('web/')
  ) {
    const edge = edges[imported];
    return edge && !edge.test(file) ? said : [];
  }
  if (room.name === 'doors' && doorOf(imported) !== null)
    return doorOf(imported) === doorOf(file) || isProtocolOf(file, imported) ? [] : said;
  if (room.holds.test(imported) && room.name !== 'doors') return [];
  if (room.mayUsePorts && (ports.has(imported) || overPorts.test(imported))) return [];
  return room.mayImport.test(imported) ? [] : said;
}

function doorOf(file: string): string | null {
  return new RegExp(`^${doors}`).exec(file)?.[1] ?? null;
}

function isProtocolOf(file: string, imported: string): boolean {
  return imported.startsWith('services/imap/protocol/') && file.startsWith('services/imap/');
}

const pages = sourcesUnder('web').filter(({ file }) => !file.startsWith('web/dist/'));
const sources = [
  ...sourcesUnder('services'),
  ...sourcesUnder('projections'),
  ...sourcesUnder('policies'),
  ...pages,
];

describe('the house', () => {
  test('imports flow downhill', () => {
    assert.ok(sources.length > 50, 'the sources were found');
    assert.deepEqual(violations(sources), []);
  });

  test('a planted violation of each rule is named', () => {
    const planted: readonly [string, string][] = [
      ['services/domain/planted.ts', '../mail/facts.ts'],
      ['services/imap/protocol/planted.ts', '../session.ts'],
      ['services/config.ts', './domain/values.ts'],
      ['services/config-readers.ts', './networks.ts'],
      ['services/mail/planted.ts', '../dispatch.ts'],
      ['policies/planted.ts', '../services/mail/facts.ts'],
      ['services/event-store/planted.ts', '../threads/keeper.ts'],
      ['services/key-store/planted.ts', '../event-store/sqlite-event-store.ts'],
      ['projections/planted.ts', '../services/event-store/sqlite-event-store.ts'],
      ['projections/planted.ts', '../services/dispatch.ts'],
      ['services/planted.ts', './blob-store/volume-blob-store.ts'],
      ['services/planted.ts', './imap/session.ts'],
      ['services/ledger/planted.ts', '../smtp/replies.ts'],
      ['services/pop3/planted.ts', '../imap/session.ts'],
      ['services/smtp/planted.ts', '../event-store/sqlite-event-store.ts'],
      ['services/smtp/planted.ts', 'fastify'],
      ['services/smtp/planted.ts', 'mailauth/lib/spf/index.js'],
      ['services/imap/planted.ts', 'smtp-server'],
      ['services/delivery/connections.ts', 'nodemailer/lib/smtp-connection'],
      ['services/domain/planted.ts', 'typebox'],
      ['services/planted.ts', '@eventstore/db-client'],
      ['web/webmail/planted.ts', '../../services/http/jmap/email-object.ts'],
      ['services/http/planted.ts', '../../web/webmail/email.ts'],
      ['services/planted.ts', 'lit'],
      ['services/start/planted.ts', '../demo/people.ts'],
      ['services/directory/planted.ts', '../demo/people.ts'],
      ['services/demo/planted.ts', '../../projections/rules-queries.ts'],
      ['services/http/planted.ts', 'dompurify'],
    ];
    for (const [file, specifier] of planted) {
      const found = violations([{ file, text: `import { x } from '${specifier}';\n` }]);
      assert.equal(found.length, 1, `${file} importing ${specifier} passed`);
    }
  });

  test('there are no cycles of values', () => {
    assert.deepEqual(cycles(), []);
  });

  test('files stay readable and are named for what they hold', () => {
    const crowded = sources.filter(({ text }) => text.split('\n').length > 400).map(({ file }) => file);
    assert.deepEqual(crowded, []);
    const nameless = sources.filter(({ file }) =>
      /(^|\/)(index|utils?|helpers?|common|types|misc)\.ts$/.test(file),
    );
    assert.deepEqual(nameless, []);
  });

  test('reactive properties of elements are declared, not defined', () => {
    // A class field of the same name would hide the accessor, and the element would silently show nothing.
    const planted = { file: 'web/planted.ts', text: 'static properties = { open: {} };\n  open = false;\n' };
    assert.deepEqual(hiddenProperties(planted), ['web/planted.ts: open']);
    assert.deepEqual(pages.flatMap(hiddenProperties), []);
  });

  test('doors reach mailstores with a permit, and only the table makes one', () => {
    const named = new RegExp(`^${doors}`);
    const without = (text: string): boolean => /\bMailstores\b[^;]*from '[./]*mailstores\.ts'/.test(text);
    const forged = (text: string): boolean => /\bas (unknown as )?Permit\b|new Permit\(/.test(text);
    assert.ok(without("import type { Mailstores } from '../mailstores.ts';"), 'a planted import is seen');
    assert.ok(forged('const permit = {} as Permit<never>;'), 'a planted permit is seen');
    const found = sources.filter(
      ({ file, text }) =>
        (named.test(file) && !file.startsWith('services/workflows/') && without(text)) ||
        (file !== 'policies/access.ts' && forged(text)),
    );
    assert.deepEqual(
      found.map(({ file }) => file),
      [],
    );
  });

  test('every act of the table is asked at a door', () => {
    const asked = (act: string): boolean =>
      sources.some(
        ({ file, text }) =>
          new RegExp(`^${doors}`).test(file) &&
          new RegExp(`(ask|may|actOf)\\([^;]*'${act}'|\\bact: '${act}'`).test(text),
      );
    assert.deepEqual(
      acts.filter((act) => !asked(act)),
      [],
    );
  });

  test('only dispatch.ts, record.ts and the sealer reach append', () => {
    const appenders = sources
      .filter(({ text }) => /\.appendDrafts\(/.test(text))
      .map(({ file }) => file)
      .filter((file) => !/^services\/(dispatch|record)[a-z-]*\.ts$/.test(file));
    assert.deepEqual(appenders, []);
  });
});

/** Reactive properties that are not `declare field: T`. */
function hiddenProperties({ file, text }: Source): string[] {
  const [, table = ''] = /static (?:override )?properties[^=]*= \{([\s\S]*?)\};/.exec(text) ?? [];
  const names = [...table.matchAll(/(?:^|[\s,{])(\w+): \{/g)].map((match) => match[1]!);
  return names
    .filter((name) => !new RegExp(`\\n  declare ${name}[?!]?: `).test(text))
    .map((name) => `${file}: ${name}`);
}

/** Cycles among our modules by imports of values (types vanish before they run). */
function cycles(): string[] {
  const graph = new Map<string, string[]>();
  for (const source of sources) {
    const text = source.text.replace(/(^|\n)\s*(import|export) type [^;]*;/g, '\n');
    graph.set(
      source.file,
      importsOf({ file: source.file, text }).filter((name) => name.endsWith('.ts')),
    );
  }
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      found.push([...path.slice(at), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}
