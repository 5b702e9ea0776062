/** The invented mail: conversations of some weeks, ended by now. Pure; the same seed tells the same story, at other dates. */
import { type Filling, fill, makeFilling, pick, seeded } from './fill.ts';
import type { PersonName } from './people.ts';
import type { Topic } from './topic.ts';
import { insideTopics } from './topics-inside.ts';
import { outsideTopics } from './topics-outside.ts';
import { nextWorkingMs } from './working-day.ts';

export interface Letter {
  /** Its place in the story: the same at each start. */
  readonly key: string;
  readonly from: PersonName;
  readonly to: readonly PersonName[];
  readonly subject: string;
  readonly text: string;
  readonly file: { readonly name: string; readonly content: string } | null;
  /** Keys of what it answers, the first first. */
  readonly answers: readonly string[];
  readonly isAnswered: boolean;
  readonly atMs: number;
  /** From 0 to 1, for what its reader made of it. */
  readonly chance: number;
}

const seed = 20_261_121;
const conversations = 130;
const pastDays = 42;
const dayMs = 86_400_000;
const minuteMs = 60_000;
const topics = [...insideTopics, ...outsideTopics];

/** In the order of their dates. */
export function writePast(nowMs: number): Letter[] {
  const random = seeded(seed);
  const letters = Array.from({ length: conversations }, (_, number) => {
    const daysAgo = pastDays * (1 - number / conversations);
    return writeConversation(`${number}`, pick(random, topics), Math.round(nowMs - daysAgo * dayMs), random);
  });
  return letters
    .flatMap((conversation) => endedBy(conversation, nowMs))
    .sort((one, other) => one.atMs - other.atMs);
}

function writeConversation(key: string, topic: Topic, fromMs: number, random: () => number): Letter[] {
  const later = (ms: number): number => nextWorkingMs(ms + Math.round(15 + random() * 600) * minuteMs);
  let atMs = later(fromMs);
  const filling = makeFilling(random, atMs);
  return topic.turns.map((text, turn) => {
    if (turn > 0) atMs = later(atMs);
    return {
      ...writtenBy(topic, turn),
      key: `${key}-${turn}`,
      subject: `${turn === 0 ? '' : 'Re: '}${fill(topic.subject, filling)}`,
      text: fill(text, filling),
      file: fileOf(topic, turn, filling),
      answers: Array.from({ length: turn }, (_, before) => `${key}-${before}`),
      isAnswered: true,
      atMs,
      chance: random(),
    };
  });
}

function writtenBy({ between }: Topic, turn: number): Pick<Letter, 'from' | 'to'> {
  const [first, second, ...others] = between;
  return turn % 2 === 0 ? { from: first, to: [second, ...others] } : { from: second, to: [first, ...others] };
}

function fileOf({ file }: Topic, turn: number, filling: Filling): Letter['file'] {
  if (!file || turn !== (file.turn ?? 0)) return null;
  return { name: fill(file.name, filling), content: `${fill(file.rows.join('\r\n'), filling)}\r\n` };
}

/** A conversation that still goes on has no answer to its last mail. */
function endedBy(conversation: readonly Letter[], nowMs: number): Letter[] {
  const written = conversation.filter(({ atMs }) => atMs < nowMs);
  return written.map((letter, i) => ({ ...letter, isAnswered: i < written.length - 1 }));
}
