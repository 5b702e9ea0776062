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
import { openLegibleLog, refuseDamagedStores } from './sound-stores.ts';

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

function start(options: KeeperOptions): void {
  let database: DatabaseSync | null = null;
  try {
    refuseDamagedStores(options);
    database = openLegibleLog(options.logFile, () => openLogDatabase(options.logFile));
    const log = openLegibleLog(options.logFile, () => new SqliteLog(database!));
    const { cores, recovery } = openCores(options, database);
    const loop = new KeeperLoop(log, cores, (answers) => post({ kind: 'answers', answers }));
    port.on('message', (request: KeeperRequest) => run(loop, request));
    post({ kind: 'ready', recovery });
  } catch (error) {
    database?.close();
    post({ kind: 'fatal', error: carryError(error) });
  }
}

start(workerData as KeeperOptions);
