/** Working hours and holidays of the house, as an administrator sets them. */
import type { Dispatcher } from '../dispatch.ts';
import type { CalendarCommand } from '../domain/calendar.ts';
import type { Actor } from '../domain/event.ts';
import { organisation } from '../domain/organisation.ts';
import { isRefusal, Refused, refuse } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';

export class CalendarAdministration {
  readonly #dispatcher: Pick<Dispatcher, 'dispatch'>;
  readonly #organisation: Uuid;

  constructor(dispatcher: Pick<Dispatcher, 'dispatch'>, organisationId: Uuid) {
    this.#dispatcher = dispatcher;
    this.#organisation = organisationId;
  }

  /** Throws `Refused`. */
  async change(command: CalendarCommand, actor: Actor): Promise<void> {
    if (command.kind === 'setWorkingHours' && !isTimeZone(command.timeZone))
      throw new Refused(refuse('calendarInvalid', command.timeZone));
    const context = { actor, cause: null, now: Date.now() };
    const outcome = await this.#dispatcher.dispatch(organisation, this.#organisation, command, context);
    if (isRefusal(outcome)) throw new Refused(outcome);
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
