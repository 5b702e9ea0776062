import type { CommandOf, IdField } from '../protocol/command.ts';
import { ok, type Reply } from '../replies.ts';
import type { Session } from '../session.ts';

/** Fields that say which program it is, in the order in which people read them. */
const shownFields = ['name', 'version', 'vendor', 'os', 'os-version'];
const maxProgramLength = 200;

/** RFC 2971. The server says its name only: a version is of use to attackers alone. */
export function id(session: Session, { fields }: CommandOf<'ID'>): Reply {
  session.tell('ID ("name" "Muniment")');
  const program = programText(fields);
  if (program !== '' && program !== session.program) {
    session.program = program;
    session.user?.recorder.identified(program);
  }
  return ok('Pleased to meet you');
}

function programText(fields: readonly IdField[]): string {
  const values = new Map(fields.map(([name, value]) => [name.toLowerCase(), value ?? '']));
  const said = shownFields.map((name) => values.get(name) ?? '').filter((value) => value !== '');
  return said.join(' ').slice(0, maxProgramLength);
}
