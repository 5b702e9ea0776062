/**
 * The weak store behind EventStoreDB's protocol, as far as our engine uses it, so that the client's own code and the
 * whole server run before something that does what a distributed log may do. Its log lives in the process of the test
 * and so outlives every kill of the server under test.
 *
 * Where an outcome is to stay unknown, the append and every subscription lose their connection.
 */
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { AppendReq, AppendResp, ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerReadableStream,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { firstRevisionBehind, judgeAppend } from '../../services/event-store/append-judgement.ts';
import type { StoredRecord } from '../../services/event-store/event-store.ts';
import type { MemoryLog } from '../../services/event-store/memory-event-store.ts';
import { seededRandom } from './seeded-random.ts';
import { copyOfLog, LateStream, weakLog } from './weak-event-store.ts';
import {
  appendedReply,
  confirmationReply,
  conflictReply,
  eventReply,
  nameOf,
  notFoundReply,
  placeOf,
  type WholeAppend,
  wholeAppend,
} from './weak-server-messages.ts';

export interface WeakServerOptions {
  readonly seed: number;
  /** Part of the appends whose acknowledgement is lost with the connection, written or not. */
  readonly unknownRate?: number;
  readonly maxLateMs?: number;
  readonly breakRate?: number;
  /** What it begins with; a fresh one where absent. */
  readonly log?: MemoryLog;
  /** Of 127.0.0.1, for one that comes back; a free one where absent. */
  readonly port?: number;
}

/** More open calls than this wait in silence, as on a real server. */
const maxConcurrentCalls = 100;
/** This version counts data only. */
const maxDataOctets = 1_048_576;
const maxWrittenLaterMs = 50;
/** So often the server writes something of its own between ours. */
const systemRecordRate = 0.1;

type ReadCall = ServerWritableStream<ReadReq, ReadResp>;
type AppendCall = ServerReadableStream<AppendReq, AppendResp>;

export class WeakServer {
  log: MemoryLog;
  /** While it is set no append is written, and none is acknowledged. */
  losesAppends = false;
  /** Streams of the appends that were lost so. */
  readonly lost: string[] = [];
  readonly #unknownRate: number;
  readonly #random: () => number;
  readonly #maxLateMs: number;
  readonly #breakRate: number;
  readonly #subscribers = new Set<ReadCall>();
  readonly #server = new Server({ 'grpc.max_concurrent_streams': maxConcurrentCalls });
  #port = 0;

  private constructor({
    seed,
    unknownRate = 0.02,
    maxLateMs = 500,
    breakRate = 0.02,
    log = weakLog(),
  }: WeakServerOptions) {
    this.log = log;
    this.#random = seededRandom(seed);
    this.#maxLateMs = maxLateMs;
    this.#breakRate = breakRate;
    this.#unknownRate = unknownRate;
    for (let i = 0; i < 120; i++) this.#writeSystemRecord();
    const read: IStreamsServer['read'] = (call) => this.#read(call);
    const append: IStreamsServer['append'] = (call, answer) => this.#takeAppend(call, answer);
    this.#server.addService(streamsService.StreamsService, { read, append });
  }

  /** Listens on 127.0.0.1. */
  static async start(options: WeakServerOptions): Promise<WeakServer> {
    const weak = new WeakServer(options);
    weak.#port = await new Promise((resolve, reject) => {
      weak.#server.bindAsync(
        `127.0.0.1:${options.port ?? 0}`,
        ServerCredentials.createInsecure(),
        (error, port) => (error ? reject(error) : resolve(port)),
      );
    });
    return weak;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.#port}?tls=false`;
  }

  /** Keeps the first so many of our records, as an older backup of it has them. Nobody listens meanwhile. */
  keepFirst(count: number): void {
    const ours = this.log.records.filter(({ stream }) => !stream.startsWith('$'));
    const end = ours[count]?.position ?? Number.POSITIVE_INFINITY;
    this.log = copyOfLog(this.log, this.log.records.filter(({ position }) => position < end).length);
  }

  /** Whatever is open breaks off. */
  close(): void {
    this.#server.forceShutdown();
  }

  #takeAppend(call: AppendCall, answer: sendUnaryData<AppendResp>): void {
    const requests: AppendReq[] = [];
    call.on('data', (request: AppendReq) => requests.push(request));
    call.on('end', () => this.#append(wholeAppend(requests), answer));
  }

  #append(append: WholeAppend, answer: sendUnaryData<AppendResp>): void {
    if (this.#random() < systemRecordRate) this.#writeSystemRecord();
    if (this.losesAppends) {
      this.lost.push(append.stream);
      return this.#loseConnection(answer);
    }
    if (dataOctets(append) > maxDataOctets) answer({ code: status.INVALID_ARGUMENT, metadata: tooLarge() });
    else if (this.#random() >= this.#unknownRate) answer(null, this.#write(append));
    else this.#lose(append, answer);
  }

  /** Written, or not, or written later, when the client may have asked again. */
  #lose(append: WholeAppend, answer: sendUnaryData<AppendResp>): void {
    const fate = this.#random();
    if (fate < 1 / 3) this.#write(append);
    else if (fate < 2 / 3) setTimeout(() => this.#write(append), this.#random() * maxWrittenLaterMs);
    this.#loseConnection(answer);
  }

  #write({ stream, expected, records }: WholeAppend): AppendResp {
    const present = this.log.stream(stream);
    const actual = present.length === 0 ? 'absent' : present.length - 1;
    const standsAt = (first: number) => records.every(({ id }, i) => present[first + i]?.id === id);
    const judgement = judgeAppend(expected, actual, standsAt);
    if (judgement === 'conflict') return conflictReply(expected, actual);
    const firstRevision = firstRevisionBehind(expected);
    if (judgement === 'write') this.log.write(stream, firstRevision, records);
    const stored = this.log.stream(stream).slice(firstRevision, firstRevision + records.length);
    return appendedReply({ firstRevision, positions: stored.map(({ position }) => position) });
  }

  /** As when a node of a cluster goes away: everybody who listens has to come again. */
  #loseConnection(answer: sendUnaryData<AppendResp>): void {
    answer(connectionLost);
    for (const call of this.#subscribers) call.emit('error', connectionLost);
    this.#subscribers.clear();
  }

  #read(call: ReadCall): void {
    const options = call.request.getOptions()!;
    if (options.hasSubscription()) this.#subscribe(call);
    else if (options.hasStream()) this.#readStream(call);
    else this.#readAll(call);
  }

  #readStream(call: ReadCall): void {
    const options = call.request.getOptions()!;
    const from = Number(options.getStream()!.getRevision());
    const stream = nameOf(options.getStream()!.getStreamIdentifier());
    const present = this.log.stream(stream);
    if (present.length === 0) call.write(notFoundReply(stream));
    for (const record of present.slice(from, from + Number(options.getCount())))
      call.write(eventReply(record));
    call.end();
  }

  /** Without a filter; inclusive forwards, exclusive backwards. A place where no record stands is refused. */
  #readAll(call: ReadCall): void {
    const options = call.request.getOptions()!;
    const place = placeOf(options.getAll()!);
    const count = Number(options.getCount());
    const isBackwards = options.getReadDirection() === 1;
    if (!this.#isPlace(place, isBackwards)) return void call.emit('error', invalidPosition);
    const page = isBackwards ? this.#backwards(place, count) : this.#forwards(place, count);
    for (const record of page) call.write(eventReply(record));
    call.end();
  }

  /** Behind the end forwards there is nothing; elsewhere a place is that of a record. */
  #isPlace(place: ReturnType<typeof placeOf>, isBackwards: boolean): boolean {
    if (place === 'start' || place === 'end') return true;
    if (place > this.log.lastPosition) return !isBackwards;
    return this.log.readBack(place, 1).length > 0;
  }

  #forwards(place: ReturnType<typeof placeOf>, count: number): readonly StoredRecord[] {
    if (place === 'end') return [];
    return this.log.readBehind(place === 'start' ? -1 : place - 1, count);
  }

  #backwards(place: ReturnType<typeof placeOf>, count: number): readonly StoredRecord[] {
    const { records } = this.log;
    let end = records.length;
    if (place !== 'end') while (end > 0 && (place === 'start' || records[end - 1]!.position >= place)) end--;
    return records.slice(Math.max(0, end - count), end).reverse();
  }

  #subscribe(call: ReadCall): void {
    const options = call.request.getOptions()!;
    const place = placeOf(options.getAll()!);
    if (place === 'end') throw new Error('a subscription that would miss what came before it');
    const prefixes = options.getFilter()!.getStreamIdentifier()!.getPrefixList();
    const behind = place === 'start' ? -1 : place;
    const late = new LateStream(this.log, behind, this.#random, this.#maxLateMs, this.#breakRate);
    late.on('readable', () => {
      for (let record = late.read(); record !== null; record = late.read()) {
        const { stream } = record;
        if (prefixes.some((prefix) => stream.startsWith(prefix))) call.write(eventReply(record));
      }
    });
    late.on('error', () => call.emit('error', connectionLost));
    late.on('end', () => call.end());
    this.#subscribers.add(call);
    call.on('close', () => {
      this.#subscribers.delete(call);
      void late.unsubscribe();
    });
    call.write(confirmationReply());
  }

  #writeSystemRecord(): void {
    const id = '00000000-0000-4000-8000-000000000000';
    const record = { id, record: Buffer.from('{}'), sealed: null };
    this.log.write('$stats', this.log.stream('$stats').length, [record]);
  }
}

const invalidPosition = { code: status.UNKNOWN, details: 'Unexpected ReadAllResult: InvalidPosition' };
const connectionLost = { code: status.UNAVAILABLE, details: 'the connection was lost' };

function dataOctets({ records }: WholeAppend): number {
  return records.reduce((octets, { record }) => octets + record.length, 0);
}

function tooLarge(): Metadata {
  const metadata = new Metadata();
  metadata.set('exception', 'maximum-append-size-exceeded');
  metadata.set('maximum-append-size', String(maxDataOctets));
  return metadata;
}
