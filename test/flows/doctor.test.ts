/** `doctor` beside the real server, well and stopped. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { RealServer } from '../support/real-server.ts';

interface Finding {
  readonly state: string;
  readonly what: string;
  readonly text: string;
}

flowOnEveryLog('doctor', {}, (openLog) => {
  let server: RealServer;
  before(async () => {
    server = await RealServer.start([], {}, await openLog());
  });
  after(() => server.dispose());

  async function doctor(): Promise<{ code: number; found: Finding[] }> {
    const { code, stdout } = await server.verb('doctor', '--json');
    return { code, found: JSON.parse(stdout) as Finding[] };
  }

  function ofDoors(found: readonly Finding[]): Finding[] {
    return found.filter(({ what }) => what.startsWith('port '));
  }

  test('every door of a well server answers', async () => {
    const { code, found } = await doctor();
    assert.deepEqual(
      found.filter(({ state }) => state === 'problem'),
      [],
    );
    assert.equal(code, 0);
    assert.equal(ofDoors(found).filter(({ text }) => text.endsWith(' answers.')).length, 9);
  });

  test('a stopped server is found out though it takes connections, and what to do is said', async () => {
    process.kill(server.pid, 'SIGSTOP');
    const { code, found } = await doctor().finally(() => process.kill(server.pid, 'SIGCONT'));
    assert.equal(code, 1);
    const silent = ofDoors(found).filter(
      ({ state, text }) => state === 'problem' && /says nothing within .* restart/.test(text),
    );
    assert.equal(silent.length, 9);
    const { state, text } = found.find(({ what }) => what === 'server')!;
    assert.equal(state, 'problem');
    assert.ok(text.includes(`kill -CONT ${server.pid}`), text);
    assert.equal((await doctor()).code, 0);
  });

  test('a verb to a stopped server ends with what to do, and is not carried out when the server goes on', async () => {
    process.kill(server.pid, 'SIGSTOP');
    const { code, stderr } = await server
      .program('domain', 'add', 'late.example')
      .finally(() => process.kill(server.pid, 'SIGCONT'));
    assert.equal(code, 69);
    assert.ok(stderr.includes(`kill -CONT ${server.pid}`) && stderr.includes('Nothing was done.'), stderr);
    const domains = await server.verb('domain', 'list', '--json');
    assert.equal(domains.code, 0);
    assert.ok(!domains.stdout.includes('late.example'), domains.stdout);
  });

  test('what it does not know it refuses', async () => {
    const { code, stderr } = await server.verb('doctor', '--quick');
    assert.equal(code, 64);
    assert.match(stderr, /doctor knows no --quick/);
  });
});
