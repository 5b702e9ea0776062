/** A letter as a mail. Pure. */
import { addressField, bracketedField, dateField, foldedField, textField } from '../mail/header-writer.ts';
import { mailOctets, type WrittenPart } from '../mail/mail-writer.ts';
import { parameterChunks } from '../mail/parameter-writer.ts';
import type { Letter } from './past.ts';
import { firm, type PersonName, personOf } from './people.ts';
import { zoneOffsetMinutes } from './working-day.ts';

export function letterOctets(letter: Letter): AsyncGenerator<Uint8Array> {
  return mailOctets(headerOf(letter), rootOf(letter));
}

function headerOf({ key, from, to, subject, answers, atMs }: Letter): string[] {
  return [
    dateField('Date', atMs, zoneOffsetMinutes),
    addressField('From', [inHeader([from])]),
    addressField('To', [inHeader(to)]),
    textField('Subject', subject),
    bracketedField('Message-ID', [messageIdOf(key)], ''),
    ...(answers.length === 0 ? [] : answering(answers.map(messageIdOf))),
  ];
}

function answering(messageIds: readonly string[]): string[] {
  return [
    bracketedField('In-Reply-To', messageIds.slice(-1), ''),
    bracketedField('References', messageIds, ''),
  ];
}

function inHeader(names: readonly PersonName[]) {
  return { name: null, addresses: names.map((name) => personOf(name)) };
}

function messageIdOf(key: string): string {
  return `demo-${key}@${firm}`;
}

function rootOf({ key, from, text, file }: Letter): WrittenPart {
  const plain = {
    fields: [foldedField('Content-Type', ['text/plain;', 'charset=utf-8'])],
    content: `${text}\n\n${personOf(from).name}\n`,
  };
  if (file === null) return plain;
  const boundary = `demo-${key}`;
  const attached = {
    fields: [
      foldedField('Content-Type', ['text/csv;', 'charset=utf-8']),
      foldedField('Content-Disposition', [
        'attachment;',
        ...withSemicolons(parameterChunks('filename', file.name)),
      ]),
    ],
    content: file.content,
  };
  const fields = [foldedField('Content-Type', ['multipart/mixed;', `boundary=${boundary}`])];
  return { fields, boundary, parts: [plain, attached] };
}

function withSemicolons(chunks: readonly string[]): string[] {
  return chunks.map((chunk, i) => (i < chunks.length - 1 ? `${chunk};` : chunk));
}
