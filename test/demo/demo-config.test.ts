import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ConfigError } from '../../services/config.ts';
import { demoConfig, partnerConfig, refuseRealFolder, withPartner } from '../../services/demo/demo-config.ts';

describe('settings of the demonstration', () => {
  let folder: string;
  let file: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'muniment-demo-'));
    file = join(folder, 'muniment.config.json');
    const real = {
      data: '/srv/mail',
      eventStoreUrl: 'esdb://log.example:2113',
      rootKeyFile: '/srv/root.key',
    };
    writeFileSync(file, JSON.stringify({ ...real, imapPort: 2143 }));
  });
  after(() => rmSync(folder, { recursive: true }));

  test('a real server’s folder, log and keys are not touched', () => {
    for (const environment of [{}, { MUNIMENT_DATA: '' }]) {
      const config = demoConfig(environment, file);
      assert.equal(config.data, resolve('data-demo'));
      assert.deepEqual([config.eventStoreUrl, config.rootKeyFile], [null, null]);
      assert.equal(config.imapPort, 2143);
    }
    assert.equal(demoConfig({ MUNIMENT_DATA: folder }, file).data, folder);
  });

  test('a folder in which a real server has its keys is refused', () => {
    const data = join(folder, 'data');
    refuseRealFolder(data);
    mkdirSync(join(data, 'keys'), { recursive: true });
    assert.throws(() => refuseRealFolder(data), ConfigError);
    mkdirSync(join(data, 'partner'));
    refuseRealFolder(data);
  });

  test('all that is sent elsewhere goes to the partner, who listens for SMTP on this machine alone', () => {
    const config = demoConfig({ MUNIMENT_LISTEN: '0.0.0.0' }, file);
    assert.equal(withPartner(config, 4025).relayUrl, 'smtp://127.0.0.1:4025');
    const partner = partnerConfig(config, 4025);
    const open = Object.entries(partner).filter(
      ([name, value]) => /^(?!delivery).*Port$/.test(name) && value !== 0,
    );
    assert.deepEqual(open, [['smtpPort', 4025]]);
    assert.equal(partner.listen, '127.0.0.1');
    assert.equal(partner.data, join(config.data, 'partner'));
  });
});
