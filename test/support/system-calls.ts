/** What a process asked of the system, as `strace` wrote it down: the calls that write, sync and name files. */
import { readFileSync } from 'node:fs';

export interface SystemCall {
  readonly name: string;
  /** Places in the record at which it began and ended; never ended: Infinity. */
  readonly begun: number;
  readonly ended: number;
  /** Path or socket behind the first file descriptor, or the first path that it names. */
  readonly target: string;
  /** Arguments as strace writes them, strings as `\x..`. */
  readonly args: string;
  /** What stands behind `=`. */
  readonly result: string;
}

const traced = [
  ...[
    'openat',
    'open',
    'creat',
    'close',
    'write',
    'pwrite64',
    'writev',
    'pwritev',
    'pwritev2',
    'sendto',
    'sendmsg',
  ],
  ...[
    'fsync',
    'fdatasync',
    'sync_file_range',
    'ftruncate',
    'truncate',
    'fallocate',
    'copy_file_range',
    'sendfile',
  ],
  ...['rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'link', 'linkat', 'mkdir', 'mkdirat', 'rmdir'],
];

/** Command in front of the program: it stays the direct child, and every thread is followed. */
export function straceInto(file: string, maxStringOctets: number): string[] {
  const calls = `trace=${traced.filter((name) => name !== 'close').join(',')}`;
  return [
    'strace',
    '-D',
    '-f',
    '--seccomp-bpf',
    '-yy',
    '-xx',
    '-s',
    String(maxStringOctets),
    '-e',
    calls,
    '-e',
    'signal=none',
    '-o',
    file,
  ];
}

/** All calls in the order in which they began. */
export function readSystemCalls(file: string): SystemCall[] {
  const calls: Mutable<SystemCall>[] = [];
  const open = new Map<string, Mutable<SystemCall>>();
  for (const [place, line] of readFileSync(file, 'latin1').split('\n').entries()) {
    const [, thread, text] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (thread === undefined || text === undefined) continue;
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text);
    if (resumed) {
      const call = open.get(thread);
      if (call) finish(call, `${call.args}${resumed[1]}`, place);
      open.delete(thread);
      continue;
    }
    const [, name, rest] = /^(\w+)\((.*)$/.exec(text) ?? [];
    if (name === undefined || rest === undefined) continue;
    const call = {
      name,
      begun: place,
      ended: Number.POSITIVE_INFINITY,
      target: targetOf(rest),
      args: rest,
      result: '',
    };
    calls.push(call);
    if (rest.endsWith(' <unfinished ...>')) {
      call.args = rest.slice(0, -' <unfinished ...>'.length);
      open.set(thread, call);
    } else finish(call, rest, place);
  }
  return calls;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** `text`: arguments, closing parenthesis and result. */
function finish(call: Mutable<SystemCall>, text: string, place: number): void {
  const [, args, result] = /^(.*)\)\s+= (.*)$/.exec(text) ?? [];
  if (args === undefined || result === undefined) return; // the process ended within the call
  call.args = args.trimEnd();
  call.result = result;
  call.ended = place;
}

/** `25<path>` or a string; a descriptor's path is written as it is, a string as `\x..`. */
function targetOf(args: string): string {
  const descriptor = /^\d+<((?:<->|->|[^<>])*)>/.exec(args);
  return descriptor ? plainPath(descriptor[1]!) : (pathsOf(args)[0] ?? '');
}

function plainPath(text: string): string {
  return unescapeOctets(text)
    .toString('utf8')
    .replace(/ ?\(deleted\)$/, '');
}

/** Strings among the arguments that name files. */
export function pathsOf(args: string): string[] {
  return strings(args).map((octets) => octets.toString('utf8'));
}

/** What a call wrote: the strings of its arguments, one behind the other. */
export function writtenOctets({ args }: SystemCall): Buffer {
  return Buffer.concat(strings(args));
}

function strings(args: string): Buffer[] {
  return [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?/g)].map(([, text, cut]) => {
    if (cut) throw new Error('strace cut a string; give it more room');
    return unescapeOctets(text!);
  });
}

function unescapeOctets(text: string): Buffer {
  return /^(?:\\x[0-9a-f]{2})*$/.test(text)
    ? Buffer.from(text.replaceAll('\\x', ''), 'hex')
    : Buffer.from(text, 'latin1');
}
