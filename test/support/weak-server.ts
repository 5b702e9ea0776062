/**
 * A server that speaks EventStoreDB's protocol over a weak store, as far as our engine uses it, so that the client's
 * own code and the whole server run before something that does what a distributed log may do. Its log lives in the
 * process of the test and so outlives every kill of the server under test.
 *
 * Where the weak store would answer `UnknownOutcome`, the append and every subscription lose their connection.
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
import {
  type StoredRecord,
  UnknownOutcome,
  WrongExpectedRevision,
} from '../../services/event-store/event-store.ts';
import type { MemoryLog } from '../../services/event-store/memory-event-store.ts';
import { seededRandom } from './seeded-random.ts';
import { LateStream, WeakEventStore, weakLog } from './weak-event-store.ts';
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
}

/** More open calls than this wait in silence, as on a real server. */
const maxConcurrentCalls = 100;
/** So often the server writes something of its own between ours. */
const systemRecordRate = 0.1;

type ReadCall = ServerWritableStream<ReadReq, ReadResp>;
type AppendCall = ServerReadableStream<AppendReq, AppendResp>;

export class WeakServer {
  readonly log: MemoryLog = weakLog();
  readonly #store: WeakEventStore;
  readonly #random: () => number;
  readonly #maxLateMs: number;
  readonly #breakRate: number;
  readonly #subscribers = new Set<ReadCall>();
  readonly #server = new Server({ 'grpc.max_concurrent_streams': maxConcurrentCalls });
  #port = 0;

  private constructor({ seed, unknownRate = 0.02, maxLateMs = 500, breakRate = 0.02 }: WeakServerOptions) {
    this.#random = seededRandom(seed);
    this.#maxLateMs = maxLateMs;
    this.#breakRate = breakRate;
    this.#store = new WeakEventStore({ seed, log: this.log, unknownRate });
    for (let i = 0; i < 120; i++) this.#writeSystemRecord();
    const read: IStreamsServer['read'] = (call) => this.#read(call);
    const append: IStreamsServer['append'] = (call, answer) => this.#takeAppend(call, answer);
    this.#server.addService(streamsService.StreamsService, { read, append });
  }

  /** On a free port of 127.0.0.1. */
  static async start(options: WeakServerOptions): Promise<WeakServer> {
    const weak = new WeakServer(options);
    weak.#port = await new Promise((resolve, reject) => {
      weak.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
    return weak;
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.#port}?tls=false`;
  }

  /** Whatever is open breaks off. */
  close(): void {
    this.#server.forceShutdown();
  }

  #takeAppend(call: AppendCall, answer: sendUnaryData<AppendResp>): void {
    const requests: AppendReq[] = [];
    call.on('data', (request: AppendReq) => requests.push(request));
    call.on('end', () => void this.#append(wholeAppend(requests), answer));
  }

  async #append(append: WholeAppend, answer: sendUnaryData<AppendResp>): Promise<void> {
    if (this.#random() < systemRecordRate) this.#writeSystemRecord();
    const { stream, expected, records } = append;
    try {
      answer(null, appendedReply(await this.#store.append(stream, expected, records)));
    } catch (error) {
      if (error instanceof WrongExpectedRevision) answer(null, conflictReply(error));
      else if (error instanceof UnknownOutcome) this.#loseConnection(answer);
      else answer({ code: status.INVALID_ARGUMENT, metadata: tooLarge() });
    }
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

  /** Inclusive, without a filter, in both directions. */
  #readAll(call: ReadCall): void {
    const options = call.request.getOptions()!;
    const place = placeOf(options.getAll()!);
    const count = Number(options.getCount());
    const isBackwards = options.getReadDirection() === 1;
    const page = isBackwards ? this.#backwards(place, count) : this.#forwards(place, count);
    for (const record of page) call.write(eventReply(record));
    call.end();
  }

  #forwards(place: ReturnType<typeof placeOf>, count: number): readonly StoredRecord[] {
    if (place === 'end') return [];
    return this.log.readBehind(place === 'start' ? -1 : place - 1, count);
  }

  #backwards(place: ReturnType<typeof placeOf>, count: number): readonly StoredRecord[] {
    const { records } = this.log;
    let end = records.length;
    if (place !== 'end') while (end > 0 && (place === 'start' || records[end - 1]!.position > place)) end--;
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

const connectionLost = { code: status.UNAVAILABLE, details: 'the connection was lost' };

function tooLarge(): Metadata {
  const metadata = new Metadata();
  metadata.set('exception', 'maximum-append-size-exceeded');
  return metadata;
}
