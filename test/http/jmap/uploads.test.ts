import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { coreLimits } from '../../../services/http/jmap/core-limits.ts';
import { UploadRefused, Uploads } from '../../../services/http/jmap/uploads.ts';
import { uuidOf } from '../../support/given-when-then.ts';

const wang = uuidOf(1);
const hour = 3_600_000;

describe('uploads', () => {
  let folder: string;
  let freeOctets: number;
  let uploads: Uploads;
  beforeEach(() => {
    mock.timers.enable({ apis: ['setInterval', 'Date'], now: 1_000_000 });
    folder = mkdtempSync(join(tmpdir(), 'muniment-uploads-'));
    freeOctets = 1_000_000_000;
    uploads = new Uploads(folder, { isLow: (more = 0) => freeOctets - more < 0 });
  });
  afterEach(() => {
    uploads.close();
    mock.timers.reset();
    rmSync(folder, { recursive: true });
  });

  function refused(why: UploadRefused['why']): (error: unknown) => boolean {
    return (error) => error instanceof UploadRefused && error.why === why;
  }

  test('come back as they were', async () => {
    const { blobId, octets } = await uploads.keep(wang, [Buffer.from('two '), Buffer.from('pieces')], 0);
    assert.equal(octets, 10);
    assert.equal((await buffer(uploads.open(wang, blobId)!.stream)).toString(), 'two pieces');
    assert.equal(uploads.open(uuidOf(2), blobId), null);
  });

  test('go after an hour, also when nobody uploads anything more', async () => {
    const { blobId } = await uploads.keep(wang, [Buffer.from('x')], 1);
    mock.timers.tick(hour);
    assert.equal(uploads.octetsOf(wang, blobId), 1);
    mock.timers.tick(60_000);
    assert.equal(uploads.octetsOf(wang, blobId), null);
    while (readdirSync(folder).length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test('are refused before they come where the disk would be too full with them', async () => {
    freeOctets = 10;
    let asked = false;
    const octets = (function* () {
      asked = true;
      yield Buffer.from('x');
    })();
    await assert.rejects(uploads.keep(wang, octets, 11), refused('diskLow'));
    assert.ok(!asked);
    await uploads.keep(wang, [Buffer.from('x')], 10);
  });

  test('are given up half-way where the disk becomes full, and leave nothing', async () => {
    const octets = (function* () {
      yield Buffer.alloc(10);
      freeOctets = -1;
      yield Buffer.alloc(10);
    })();
    await assert.rejects(uploads.keep(wang, octets, 0), refused('diskLow'));
    assert.deepEqual(readdirSync(folder), []);
  });

  test('are no larger than is said', async () => {
    const most = coreLimits.maxSizeUpload;
    await assert.rejects(uploads.keep(wang, [Buffer.alloc(0)], most + 1), refused('tooLarge'));
    const octets = (function* () {
      for (let i = 0; i <= most; i += 1_000_000) yield Buffer.alloc(1_000_000);
    })();
    await assert.rejects(uploads.keep(wang, octets, 0), refused('tooLarge'));
    assert.deepEqual(readdirSync(folder), []);
  });
});
