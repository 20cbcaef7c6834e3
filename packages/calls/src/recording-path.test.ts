import { expect, test } from 'vitest';
import { recordingPath } from './recording-path.ts';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5);

test('a folder a day, a name that sorts by time', () => {
  expect(recordingPath('/r', AT, { number: '201' }, '202', 'x1')).toBe('/r/2026-01-02/030405-201-202-x1.wav');
});

test.each(['../../etc/passwd', '..', 'a/b', 'a\\b', 'a\u0000b', '*43', '', 'я'.repeat(500)])(
  'no number leaves the folder: %j',
  (number) => {
    const path = recordingPath('/r', AT, { number }, number, 'x1');
    expect(path).toMatch(/^\/r\/2026-01-02\/030405-[A-Za-z0-9_+-]{1,32}-[A-Za-z0-9_+-]{1,32}-x1\.wav$/);
  },
);
