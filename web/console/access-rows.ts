/** Accesses in words: who saw what of whose mail, when and from where. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Answered } from '../api/calls.ts';
import type { ConsoleMessages } from '../i18n/console-en.ts';
import { momentText } from '../i18n/dates.ts';
import { whereText } from './places.ts';

export type Access = Answered<'GET /api/accesses'>['items'][number];

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
  const { by, byName, owner, message, atMs, peer, reason } = row;
  return html`<tr>
    <td translate="no"><strong>${byName || by}</strong><small ?hidden=${byName === ''}>${by}</small></td>
    <td data-label=${say.what}>
      ${whatText(row, say)}
      ${reason === '' ? nothing : html`<small>${say.because(reason)}</small>`}
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
function shownText({ items, message, query }: Access, say: ConsoleMessages): string {
  if (message !== null) {
    if (items === 'openMail') return say.shownOpenMail;
    return items === 'proveMail' ? say.shownProveMail : say.shownTraceMail;
  }
  const [, place] = placeOf.find(([path]) => query.startsWith(path)) ?? [];
  return place === undefined ? say.shownOther : say.lookedAt(String(say[place]));
}

function whatText(row: Access, say: ConsoleMessages): string {
  const { kind, items, count, query } = row;
  switch (kind) {
    case 'opened':
      return say.accessOpened;
    case 'read':
      return `${say.accessRead(count)} (${itemsText(items, say)})`;
    case 'searched':
      return say.accessSearched(query, count);
    case 'acted':
      return say.accessActed;
    default:
      return shownText(row, say);
  }
}

function itemsText(items: string, say: ConsoleMessages): string {
  const texts: Readonly<Record<string, string>> = {
    body: say.itemsBody,
    headers: say.itemsHeaders,
    envelope: say.itemsEnvelope,
  };
  return texts[items] ?? say.itemsOther;
}
