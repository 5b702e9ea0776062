/**
 * The keeper: the thread that owns log, keys and volumes and brings them to disk in the right order for whole
 * batches. Entry of a worker; `keeper-client.ts` starts it with `KeeperOptions`.
 */
import { flushCompileCache } from 'node:module';
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { openLogDatabase, SqliteLog } from '../event-store/sqlite-log.ts';
import { collectWhenIdle } from './idle-memory.ts';
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

/** Requests that came while a group was being synced. */
const waiting: KeeperRequest[] = [];
let isRunning = false;

function nextGroup(): KeeperRequest[] {
  while (waiting.length < maxGroupRequests) {
    const received = receiveMessageOnPort(port);
    if (received === undefined) break;
    waiting.push(received.message as KeeperRequest);
  }
  return waiting.splice(0, maxGroupRequests);
}

async function run(loop: KeeperLoop): Promise<void> {
  isRunning = true;
  try {
    for (let group = nextGroup(); group.length > 0; group = nextGroup()) {
      await loop.run(group);
      if (!group.some((each) => each.close)) continue;
      loop.close();
      post({ kind: 'closed' });
      return port.close();
    }
    isRunning = false;
  } catch (error) {
    // No further message may be answered.
    post({ kind: 'fatal', error: carryError(error) });
    port.close();
  }
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
    port.on('message', (request: KeeperRequest) => {
      waiting.push(request);
      if (!isRunning) void run(loop);
    });
    post({ kind: 'ready', recovery, lastPosition: log?.lastPosition ?? -1 });
  } catch (error) {
    database?.close();
    post({ kind: 'fatal', error: carryError(error) });
  }
}

collectWhenIdle();
start(workerData as Start);
flushCompileCache();
