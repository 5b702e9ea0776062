/**
 * The keeper: the thread that owns log, keys and volumes and brings them to disk in the right order for whole
 * batches. Entry of a worker; `keeper-client.ts` starts it with `KeeperOptions`.
 */
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { openLogDatabase, SqliteLog } from '../event-store/sqlite-log.ts';
import { type KeeperOptions, openCores } from './keeper-cores.ts';
import { KeeperLoop } from './keeper-loop.ts';
import { carryError, type KeeperReply, type KeeperRequest } from './keeper-protocol.ts';
import { AskedLog, type QuestionLine } from './log-questions.ts';
import { openLegibleLog, refuseDamagedStores } from './sound-stores.ts';
import { SqliteFrameLog } from './sqlite-frame-log.ts';

/** A group takes no more than this many requests, so that the first of them is not kept waiting for ever. */
const maxGroupRequests = 256;

const port = parentPort!;

function post(reply: KeeperReply): void {
  port.postMessage(reply);
}

function drain(first: KeeperRequest): KeeperRequest[] {
  const requests = [first];
  while (requests.length < maxGroupRequests) {
    const waiting = receiveMessageOnPort(port);
    if (waiting === undefined) break;
    requests.push(waiting.message as KeeperRequest);
  }
  return requests;
}

function run(loop: KeeperLoop, first: KeeperRequest): void {
  const requests = drain(first);
  try {
    loop.run(requests);
    if (!requests.some((each) => each.close)) return;
    loop.close();
    post({ kind: 'closed' });
  } catch (error) {
    post({ kind: 'fatal', error: carryError(error) });
  }
  // Closed or broken: no further message may be answered.
  port.close();
}

function openLog(file: string): DatabaseSync {
  return openLegibleLog(file, () => openLogDatabase(file));
}

interface Start extends KeeperOptions {
  readonly line?: QuestionLine;
}

function start({ line, ...options }: Start): void {
  let database: DatabaseSync | null = null;
  try {
    refuseDamagedStores(options);
    if (options.logFile !== undefined) database = openLog(options.logFile);
    const log = database && openLegibleLog(options.logFile!, () => new SqliteLog(database!));
    const frameLog = database ? new SqliteFrameLog(database) : new AskedLog(line!);
    const { cores, recovery } = openCores(options, frameLog);
    const loop = new KeeperLoop(log, cores, (answers) => post({ kind: 'answers', answers }));
    port.on('message', (request: KeeperRequest) => run(loop, request));
    post({ kind: 'ready', recovery });
  } catch (error) {
    database?.close();
    post({ kind: 'fatal', error: carryError(error) });
  }
}

start(workerData as Start);
