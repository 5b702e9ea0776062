/** One line of the list: who, when, what about, and how it begins. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../elements/icon.ts';
import { shortTime } from '../i18n/dates.ts';
import { words } from '../i18n/language.ts';
import { calledName, type EmailHead, isStarred, isUnread } from './email.ts';
import { rowHeight } from './list-look.ts';
import type { MailStore } from './mail-store.ts';
import { placeRow } from './place-row.ts';
import { progressPicture, progressWord, toneOf as toneOfProgress } from './sent/progress-look.ts';
import { worstOf } from './sent/recipient-delivery.ts';

const avatarColours = 6;

export function mailRow(store: MailStore, row: number, total: number): TemplateResult {
  const id = store.list?.idAt(row);
  const head = id === undefined ? undefined : store.list?.head(id);
  const isOpen = id !== undefined && id === store.route.email;
  const isChosen = id !== undefined && store.selection.has(id);
  const classes = [
    'row',
    head && isUnread(head) ? 'unread' : '',
    isOpen ? 'open' : '',
    isChosen ? 'chosen' : '',
  ];
  return html`<li
    class=${classes.filter(Boolean).join(' ')}
    aria-setsize=${total}
    aria-posinset=${row + 1}
    data-id=${id ?? nothing}
    ${placeRow(row * rowHeight)}
  >
    ${head ? content(store, head, isOpen, isChosen) : html`<span class="waiting"></span>`}
  </li>`;
}

function content(store: MailStore, head: EmailHead, isOpen: boolean, isChosen: boolean): TemplateResult {
  const text = words();
  const subject = head.subject?.trim() || text.noSubject;
  const together = store.list?.thread(head).length ?? 1;
  const star = isStarred(head);
  return html`
    <label class="pick">
      <input
        type="checkbox"
        .checked=${isChosen}
        aria-label=${text.selectMail(subject)}
        @change=${() => store.toggle(head.id)}
      />
      <span class="avatar tone-${toneOf(who(store, head))}" aria-hidden="true">
        ${isChosen ? icon('check') : firstLetter(who(store, head))}
      </span>
    </label>
    <a href=${store.linkTo(head.id)} aria-current=${isOpen ? 'true' : nothing}>
      <span class="first">
        ${isUnread(head) ? html`<span class="only-spoken">${text.unread}</span>` : nothing}
        <span class="who cut">${who(store, head)}</span>
        ${
          together > 1
            ? html`<span class="together" title=${text.threadSize(together)}>${together}</span>`
            : nothing
        }
        ${answerMark(head)}
        ${
          head.hasAttachment
            ? html`<span class="clip" title=${text.hasAttachment}>${icon('clip')}</span>`
            : nothing
        }
        ${progressMark(store, head)}
        <time datetime=${head.receivedAt}>${shortTime(head.receivedAt, new Date())}</time>
      </span>
      <span class="subject cut">${subject}</span>
      <span class="preview cut">${head.preview ?? ''}</span>
    </a>
    <button
      class="plain icon star ${star ? 'on' : ''}"
      aria-label=${star ? text.unstar : text.star}
      title=${star ? text.unstar : text.star}
      aria-pressed=${star}
      @click=${() => store.changer.mark([head.id], '$flagged', !star, false)}
    >
      ${icon('star', star)}
    </button>
  `;
}

/** How far a mail that one has sent has come: with the recipient that it is furthest from. */
function progressMark(store: MailStore, { id }: EmailHead): TemplateResult | typeof nothing {
  const recipients = store.submissions.of(id).flatMap((each) => each.recipients);
  const progress = worstOf(recipients);
  if (progress === null) return nothing;
  const word = progressWord(progress, words());
  return html`<span class="progress ${toneOfProgress(progress)}" data-progress=${progress}>
    ${icon(progressPicture[progress])}${word}
  </span>`;
}

/** That it was answered, or passed on. */
function answerMark({ keywords }: EmailHead): TemplateResult | typeof nothing {
  const text = words();
  if (keywords['$answered']) return html`<span class="clip" title=${text.answered}>${icon('reply')}</span>`;
  return keywords['$forwarded']
    ? html`<span class="clip" title=${text.forwarded}>${icon('forward')}</span>`
    : nothing;
}

/** The other side of it: whom one's own mails went to. */
function who({ mailbox }: MailStore, { from, to }: EmailHead): string {
  const isOwn = mailbox?.role === 'sent' || mailbox?.role === 'drafts';
  const people = (isOwn ? to : from) ?? [];
  return people.map(calledName).join(', ') || words().noSender;
}

/** A whole character, whatever plane it is from. */
function firstLetter(name: string): string {
  const [first = ''] = name.replace(/^[\s"'(（]+/u, '');
  return first.toUpperCase();
}

function toneOf(name: string): number {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % avatarColours;
}
