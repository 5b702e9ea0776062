import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Meter, safeLabel } from '../../services/http/meters.ts';
import { metricsText } from '../../services/http/metrics.ts';
import { healthy, projection } from './healthy-parts.ts';

const noMeters: readonly Meter[] = [];

async function linesOf(readings = healthy, meters = noMeters): Promise<string[]> {
  return (await metricsText(readings, meters)).text.split('\n').filter((line) => !line.startsWith('#'));
}

describe('metrics', () => {
  test('the readings, by their names', async () => {
    const lines = await linesOf();
    for (const line of [
      'muniment_health_state 0',
      'muniment_projection_lag_positions{projection="directory"} 0',
      'muniment_projection_state{projection="message-counters"} 0',
      'muniment_recorder_waiting_facts 3',
      'muniment_recorder_oldest_seconds 0.02',
      'muniment_disk_free_bytes 9000000',
      'muniment_ledger_leaves 43',
      'muniment_ledger_unsealed_leaves 0',
      'muniment_ledger_head_age_seconds 4',
      'muniment_messages_accepted_total 5',
      'muniment_recipients{state="queued"} 2',
      'muniment_reaction_failing{reaction="file-locally"} 0',
    ]) {
      assert.ok(lines.includes(line), `${line} is missing in\n${lines.join('\n')}`);
    }
  });

  test('a part that does not answer has no number, rather than a wrong one', async () => {
    const lines = await linesOf({ ...healthy, disk: null, ledger: null });
    assert.ok(!lines.some((line) => line.startsWith('muniment_disk_free_bytes')));
    assert.ok(!lines.some((line) => line.startsWith('muniment_ledger_head_age_seconds ')));
    assert.ok(lines.includes('muniment_health_state 2'));
  });

  test('two answers do not add up', async () => {
    await linesOf();
    assert.ok((await linesOf()).includes('muniment_messages_accepted_total 5'));
  });

  test('meters of other parts', async () => {
    const meter: Meter = {
      name: 'muniment_connections',
      help: 'Connections by door',
      kind: 'gauge',
      labelName: 'door',
      read: () => [{ label: 'imap', value: 7 }],
    };
    assert.ok((await linesOf(healthy, [meter])).includes('muniment_connections{door="imap"} 7'));
  });

  test('no address and no text gets into a label', async () => {
    for (const text of [
      'wang@acme.example',
      'Offer for ACME',
      '合同',
      '',
      '"x"',
      'a'.repeat(65),
      '1.2.3.4/24',
    ]) {
      assert.equal(safeLabel(text), 'other');
    }
    assert.equal(safeLabel('message-trace'), 'message-trace');
    const lines = await linesOf({ ...healthy, projections: [projection({ name: 'wang@acme.example' })] });
    assert.ok(!lines.some((line) => line.includes('wang')));
  });
});
