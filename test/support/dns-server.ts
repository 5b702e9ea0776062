/** A DNS server for tests: MX, A, AAAA and TXT of a few invented domains, over UDP on a free port of 127.0.0.1. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';

export interface DnsRecords {
  readonly mx?: readonly (readonly [priority: number, exchange: string])[];
  readonly a?: readonly string[];
  readonly aaaa?: readonly string[];
  readonly txt?: readonly string[];
  /** Every question about the name is answered so. */
  readonly fails?: 'SERVFAIL' | 'silence';
}

/** By name, in lower case. A name that is not here does not exist. */
export type Zone = Record<string, DnsRecords>;

const types = { A: 1, MX: 15, TXT: 16, AAAA: 28 } as const;
const codes = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3 } as const;
/** Response, recursion desired and available. */
const responseFlags = 0x8180;
const headerOctets = 12;

export class DnsServer {
  /** May be changed while it runs. */
  readonly zone: Zone;
  /** Names asked for, in order. */
  readonly asked: string[] = [];
  readonly #socket: Socket;

  static async start(zone: Zone): Promise<DnsServer> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return new DnsServer(zone, socket);
  }

  private constructor(zone: Zone, socket: Socket) {
    this.zone = zone;
    this.#socket = socket;
    socket.on('message', (question, from) => this.#answer(question, from));
  }

  /** `127.0.0.1:port`. */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(resolve));
  }

  #answer(question: Buffer, from: RemoteInfo): void {
    const { name, end } = readName(question);
    const type = question.readUInt16BE(end);
    this.asked.push(name);
    const records = this.zone[name];
    if (records?.fails === 'silence') return;
    const data = records ? recordData(records, type) : [];
    const code = records ? (records.fails ?? 'NOERROR') : 'NXDOMAIN';
    const header = Buffer.alloc(headerOctets);
    question.copy(header, 0, 0, 2);
    header.writeUInt16BE(responseFlags | codes[code], 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(code === 'NOERROR' ? data.length : 0, 6);
    const asked = question.subarray(headerOctets, end + 4);
    const answers = code === 'NOERROR' ? data.map((each) => resourceRecord(type, each)) : [];
    this.#socket.send(Buffer.concat([header, asked, ...answers]), from.port, from.address);
  }
}

function readName(question: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = headerOctets;
  for (let octets = question[at]!; octets > 0; octets = question[at]!) {
    labels.push(question.toString('latin1', at + 1, at + 1 + octets));
    at += 1 + octets;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

function recordData({ mx, a, aaaa, txt }: DnsRecords, type: number): Buffer[] {
  if (type === types.TXT) return (txt ?? []).map(characterStrings);
  if (type === types.A) return (a ?? []).map((address) => Buffer.from(address.split('.').map(Number)));
  if (type === types.AAAA) return (aaaa ?? []).map(ipv6Octets);
  if (type !== types.MX) return [];
  return (mx ?? []).map(([priority, exchange]) => {
    const octets = Buffer.alloc(2);
    octets.writeUInt16BE(priority);
    return Buffer.concat([octets, encodedName(exchange)]);
  });
}

/** RFC 1035 §3.3.14: strings of up to 255 octets. */
function characterStrings(text: string): Buffer {
  const octets = Buffer.from(text);
  const strings: Buffer[] = [];
  for (let at = 0; at < octets.length; at += 255) {
    const string = octets.subarray(at, at + 255);
    strings.push(Buffer.from([string.length]), string);
  }
  return Buffer.concat(strings);
}

/** The name is a pointer to the question's (RFC 1035 §4.1.4); it may be kept for a minute. */
function resourceRecord(type: number, data: Buffer): Buffer {
  const head = Buffer.from([0xc0, headerOctets, 0, type, 0, 1, 0, 0, 0, 60, 0, 0]);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function encodedName(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  const octets = labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...octets, Buffer.from([0])]);
}

/** Full form only. */
function ipv6Octets(address: string): Buffer {
  const octets = Buffer.alloc(16);
  for (const [i, group] of address.split(':').entries())
    octets.writeUInt16BE(Number.parseInt(group, 16), 2 * i);
  return octets;
}
