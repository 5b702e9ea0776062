/** One request of `/api/`: what is about to be shown is recorded, the handler runs, its answer goes out. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Act, actorOf, ask, type Permit, type Subject } from '../../../policies/access.ts';
import { isRefusal, Refused, refuse } from '../../domain/refusals.ts';
import { isShownAct } from '../../domain/session.ts';
import type { Uuid } from '../../domain/values.ts';
import { subjectOf } from '../../sign-in/sign-in.ts';
import { askerOf, cookieOf, isSafe, setCookie } from '../authenticate.ts';
import { callerOf, isOpen } from '../route-access.ts';
import { viewedHeaders } from '../viewed-file.ts';
import type { ApiCall, Handler } from './api-call.ts';
import type { ApiParts } from './api-parts.ts';
import { isFileAnswer, type RouteDeclaration } from './contract/route-declaration.ts';
import { RequestInvalid } from './request-problems.ts';

export interface ServedRoute {
  readonly declared: RouteDeclaration;
  readonly handler: Handler<RouteDeclaration>;
  readonly parts: ApiParts;
}

export async function answerCall(
  request: FastifyRequest,
  reply: FastifyReply,
  { declared, handler, parts }: ServedRoute,
): Promise<unknown> {
  const call = new RequestCall(request, reply, declared);
  await call.recordAsDeclared();
  const answered = await handler(call, parts);
  if (!call.isRecorded) throw new Error(`${declared.path} would show what it has not recorded`);
  const { answer } = declared;
  if (answer === null) return reply.code(204).send();
  if (isFileAnswer(answer)) {
    if (answer.isFramed) reply.headers(viewedHeaders);
    return reply.type(answer.media).send(Buffer.from(answered as unknown as Uint8Array));
  }
  return answered;
}

const anybody: Subject = { kind: 'anybody' };

class RequestCall implements ApiCall {
  isRecorded = false;
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #declared: RouteDeclaration;

  constructor(request: FastifyRequest, reply: FastifyReply, declared: RouteDeclaration) {
    this.#request = request;
    this.#reply = reply;
    this.#declared = declared;
  }

  get params() {
    return this.#request.params as ApiCall['params'];
  }

  get query() {
    return this.#request.query as ApiCall['query'];
  }

  get body() {
    return this.#request.body as ApiCall['body'];
  }

  get asker() {
    return askerOf(this.#request);
  }

  get caller() {
    return callerOf(this.#request);
  }

  get actor() {
    return actorOf(this.#subject);
  }

  get token() {
    return cookieOf(this.#request);
  }

  get seenRevision(): number | undefined {
    const given = this.#request.headers['if-match'];
    if (given === undefined || given === '*') return undefined;
    const [, revision] = /^"(\d{1,15})"$/.exec(given) ?? [];
    if (revision === undefined)
      throw new RequestInvalid([
        { in: 'header', field: 'If-Match', detail: 'is not an ETag of this server' },
      ]);
    return Number(revision);
  }

  get #subject(): Subject {
    return isOpen(this.#request) ? anybody : subjectOf(this.caller.signedIn);
  }

  permit(owner: Uuid | null): Permit<Act> {
    const permit = ask(this.#subject, this.#declared.act, { owner });
    if (isRefusal(permit)) throw new Refused(permit);
    return permit;
  }

  async shows(owners: readonly Uuid[], message: Uuid | null, sealed = false, reason = ''): Promise<void> {
    const { act } = this.#declared;
    if (!isShownAct(act)) throw new Error(`${act} shows nothing`);
    const { recorder } = this.caller;
    recorder.shown(act, owners, message, this.#request.url, sealed, reason);
    if (!recorder.mayReveal() && !(await recorder.untilMayReveal())) throw new Refused(refuse('serverBusy'));
    this.isRecorded = true;
  }

  /** What only changes something leaves the events of the change. */
  async recordAsDeclared(): Promise<void> {
    const { method, concerns } = this.#declared;
    if (!isSafe(method) || isOpen(this.#request)) this.isRecorded = true;
    else if (concerns === 'own') await this.shows([this.caller.signedIn.account], null);
    else if (concerns === 'installation') await this.shows([], null);
  }

  setRevision(revision: number): void {
    this.#reply.header('etag', `"${revision}"`);
  }

  setToken(token: string | null): void {
    setCookie(this.#reply, token, this.#request.protocol === 'https');
  }

  setFileName(name: string): void {
    this.#reply.header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`);
  }
}
