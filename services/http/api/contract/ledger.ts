/** The log that proves itself: its last head, and verification. */
import Type from 'typebox';
import { nullable, timeMs, uuid } from './fields.ts';
import { route } from './route-declaration.ts';

const verification = Type.Object({
  state: Type.Enum(['none', 'running', 'ended', 'failed']),
  startedAtMs: nullable(timeMs),
  endedAtMs: nullable(timeMs),
  /** Of the part that is read now. */
  done: Type.Integer(),
  total: Type.Integer(),
  what: Type.String({ description: 'what is being read' }),
  verdict: nullable(Type.Enum(['sound', 'broken', 'unverifiable', 'recordsLost', 'rebuildable'])),
  records: Type.Integer(),
  heads: Type.Integer(),
  mails: Type.Integer(),
  mailOctets: Type.Integer(),
  findings: Type.Array(Type.Object({ kind: Type.String(), place: Type.String(), text: Type.String() })),
});

export const ledgerRoutes = {
  showLedger: route({
    method: 'GET',
    path: '/api/ledger',
    act: 'verifyLog',
    concerns: 'installation',
    summary: 'Shows the last signed head of the log.',
    answer: Type.Object({
      log: uuid,
      records: Type.Integer({ description: 'taken into the tree' }),
      head: nullable(Type.Object({ size: Type.Integer(), root: Type.String(), sealedAtMs: timeMs })),
    }),
  }),
  sealLedger: route({
    method: 'POST',
    path: '/api/ledger/heads',
    act: 'verifyLog',
    concerns: 'installation',
    summary: 'Signs a head over everything that is acknowledged now.',
    answer: Type.Object({ size: Type.Integer(), root: Type.String(), sealedAtMs: timeMs }),
  }),
  downloadHead: route({
    method: 'GET',
    path: '/api/ledger/head',
    act: 'verifyLog',
    concerns: 'installation',
    summary: 'Gives the last signed head as a file, to be kept elsewhere.',
    answer: { media: 'text/plain; charset=utf-8' },
  }),
  startVerification: route({
    method: 'POST',
    path: '/api/ledger/verifications',
    act: 'verifyLog',
    concerns: 'installation',
    summary: 'Has the log verified; one at a time, and the one that runs is answered.',
    answer: verification,
  }),
  showVerification: route({
    method: 'GET',
    path: '/api/ledger/verifications/last',
    act: 'verifyLog',
    concerns: 'installation',
    summary: 'Says how far the verification has come, or what it found.',
    answer: verification,
  }),
} as const;
