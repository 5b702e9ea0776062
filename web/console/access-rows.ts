/** Accesses in words: who saw what of whose mail, when and from where. */
import { html, nothing, type TemplateResult } from 'lit';
import { type Access, whatText, whyText } from '../accesses/access-words.ts';
import type { ConsoleMessages } from '../i18n/console-en.ts';
import { momentText } from '../i18n/dates.ts';
import { whereText } from './places.ts';

export function accessTable(
  rows: readonly Access[],
  say: ConsoleMessages,
  showsOwner: boolean,
): TemplateResult {
  return html`<table>
    <thead>
      <tr>
        <th>${say.whoLooked}</th>
        <th>${say.what}</th>
        ${showsOwner ? html`<th>${say.whoseMail}</th>` : nothing}
        <th>${say.when}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map((row) => accessRow(row, say, showsOwner))}
    </tbody>
  </table>`;
}

function accessRow(row: Access, say: ConsoleMessages, showsOwner: boolean): TemplateResult {
  const { by, byName, owner, message, atMs, peer } = row;
  const why = whyText(row, say);
  return html`<tr>
    <td translate="no"><strong>${byName || by}</strong><small ?hidden=${byName === ''}>${by}</small></td>
    <td data-label=${say.what}>
      ${whatText(row, say) ?? shownText(row, say)}
      ${why === '' ? nothing : html`<small>${why}</small>`}
      ${message === null ? nothing : html`<small><a href=${whereText('messages', message)}>${say.showWay}</a></small>`}
    </td>
    ${showsOwner ? html`<td data-label=${say.whoseMail}>${owner ?? say.installation}</td>` : nothing}
    <td data-label=${say.when}>${momentText(atMs)}<small ?hidden=${!peer}>${say.from(peer ?? '')}</small></td>
  </tr>`;
}

const placeOf: readonly (readonly [string, keyof ConsoleMessages])[] = [
  ['/api/accounts', 'people'],
  ['/api/domains', 'people'],
  ['/api/aliases', 'aliases'],
  ['/api/groups', 'groups'],
  ['/api/departments', 'departments'],
  ['/api/queue', 'queue'],
  ['/api/rules', 'rules'],
  ['/api/messages', 'messages'],
  ['/api/statistics', 'health'],
  ['/api/accesses', 'accesses'],
  ['/api/own/accesses', 'ownAccesses'],
  ['/api/own', 'security'],
  ['/api/ledger', 'ledger'],
];

/** What was asked for, by the name of its page. */
function shownText({ query }: Access, say: ConsoleMessages): string {
  const [, place] = placeOf.find(([path]) => query.startsWith(path)) ?? [];
  return place === undefined ? say.shownOther : say.lookedAt(String(say[place]));
}
