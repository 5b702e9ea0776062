/** What runs the server elsewhere: compose.yaml and the systemd unit, as far as they can be checked without their programs. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { listSettings, readConfig } from '../../services/config.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

function absent(program: string, ...args: string[]): string | false {
  const { status } = spawnSync(program, args);
  return status === 0 ? false : `${program} ${args.join(' ')} does not run here`;
}

interface Service {
  readonly profiles?: readonly string[];
  readonly environment: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly volumes: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
}

describe('compose.yaml', { skip: absent('python3', '-c', 'import yaml') }, () => {
  const script = 'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))';
  const read = (): Compose => {
    const input = readFileSync(join(root, 'compose.yaml'));
    return JSON.parse(execFileSync('python3', ['-c', script], { input, encoding: 'utf8' })) as Compose;
  };

  test('sets what the server knows, with values that it takes', () => {
    const { environment } = read().services['muniment']!;
    const values = Object.entries(environment).map(([name, value]) => [name, withDefaults(String(value))]);
    const config = readConfig(Object.fromEntries(values), null);
    assert.equal(config.data, '/data');
    assert.equal(config.eventStoreUrl, null);
    const urls = ['MUNIMENT_EVENT_STORE_URL', 'MUNIMENT_SEARCH_URL'];
    assert.deepEqual(
      urls.map((name) => environment[name]),
      urls.map((name) => `\${${name}:-}`),
    );
  });

  test('opens every port that the server listens on, and no other', () => {
    const { environment, ports } = read().services['muniment']!;
    const wanted = listSettings()
      .filter(({ variable }) => variable.endsWith('_PORT') && variable !== 'MUNIMENT_DELIVERY_PORT')
      .map(({ variable }) => `${environment[variable]}:${environment[variable]}`);
    assert.deepEqual([...ports!].sort(), wanted.sort());
  });

  test('asks the doctor, and keeps data in volumes that it declares', () => {
    const { services, volumes } = read();
    assert.deepEqual(services['muniment']!.healthcheck!.test, ['CMD', '/app/bin/muniment', 'doctor']);
    const named = Object.values(services)
      .flatMap((service) => service.volumes.map((volume) => volume.split(':')[0]!))
      .filter((volume) => !volume.startsWith('.'));
    assert.deepEqual(named.sort(), Object.keys(volumes).sort());
  });

  test('starts the engines for large sites by their profile alone', () => {
    const { services } = read();
    assert.deepEqual(Object.keys(services), ['muniment', 'eventstoredb', 'elasticsearch']);
    assert.deepEqual(
      Object.values(services).map(({ profiles }) => profiles),
      [undefined, ['scale'], ['scale']],
    );
  });
});

/** As compose fills them in where the environment has none. */
function withDefaults(value: string): string {
  return value.replace(/\$\{\w+:-([^}]*)\}/g, '$1');
}

describe('the systemd unit', () => {
  const unit = readFileSync(join(root, 'docs/operation/muniment.service'), 'utf8');

  test('keeps what it writes in places that it may write', () => {
    assert.match(unit, /^ProtectSystem=strict$/m);
    for (const [kind, variable, folder] of [
      ['StateDirectory', 'MUNIMENT_DATA', '/var/lib/muniment'],
      ['CacheDirectory', 'NODE_COMPILE_CACHE', '/var/cache/muniment'],
    ]) {
      assert.match(unit, new RegExp(`^${kind}=muniment$`, 'm'));
      assert.match(unit, new RegExp(`^Environment=${variable}=${folder}$`, 'm'));
    }
  });

  test('is one for systemd', { skip: absent('systemd-analyze', '--version') }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'muniment-unit-'));
    try {
      const file = join(folder, 'muniment.service');
      writeFileSync(file, unit.replaceAll('/opt/muniment', root.replace(/\/$/, '')));
      const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
      assert.equal(`${stdout}${stderr}`.replace(/^.*(?:SYSTEMD_|locale).*$/gm, '').trim(), '');
      assert.equal(status, 0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
