import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { TlsSettings } from '../settings/index.ts';
import { readTlsFiles, remarksOn, whyUnread } from './tls-files.ts';

const FILES = new URL('../../../../fixtures/tls/', import.meta.url);
const pathOf = (name: string): string => fileURLToPath(new URL(`${name}.pem`, FILES));
const pair = (name: string) => ({ certificate: pathOf(name), key: pathOf(`${name}-key`) });
const NOW = Date.UTC(2027, 0, 1);

const folder = mkdtempSync(join(tmpdir(), 'vats-tls-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function read(settings: Partial<TlsSettings>) {
  return readTlsFiles({ ...pair('pbx'), others: [], ...settings }, NOW);
}

test('good files are material, and are told with their names and time', () => {
  const { material, certificates, faults } = read({
    others: [pair('second')],
    clients: { authorities: pathOf('authority'), required: true },
  });
  expect(faults).toEqual([]);
  expect(material).toMatchObject({ clients: { required: true } });
  expect(material?.certificates.map(({ leaf }) => leaf.subject)).toEqual(['CN=pbx', 'CN=second']);
  expect(certificates.map(({ names }) => names)).toEqual([
    ['pbx.example', '127.0.0.1', '0:0:0:0:0:0:0:1'],
    ['second.example'],
  ]);
});

describe('files that can not be used', () => {
  const locked = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n';
  test.each<[string, Partial<TlsSettings>, string, RegExp]>([
    ['not there', { certificate: '/nowhere/a.pem' }, 'certificate', /there is no such file/],
    ['a directory', { key: folder }, 'key', /EISDIR/],
    ['the wrong way round', { certificate: pathOf('pbx-key') }, 'certificate', /holds no certificate in PEM form/],
    ['no key', { key: pathOf('pbx') }, 'key', /holds no private key in PEM form/],
    ['the key of another one', { key: pathOf('second-key') }, 'key', /is not the key of/],
    ['a key with a passphrase', { key: written('locked.pem', locked) }, 'key', /locked with a passphrase/],
    [
      'a bad second pair',
      { others: [{ ...pair('second'), key: pathOf('pbx-key') }] },
      'others.0.key',
      /is not the key of/,
    ],
    [
      'authorities that are none',
      { clients: { authorities: pathOf('pbx-key'), required: true } },
      'clients.authorities',
      /no certificate/,
    ],
  ])('%s: told where and why, and nothing is used', (_, settings, key, message) => {
    const { material, faults } = read(settings);
    expect(material).toBeUndefined();
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ severity: 'error', message: expect.stringMatching(message) });
    expect(faults[0]?.key.join('.')).toBe(key);
    expect(faults[0]?.remedy).not.toBe('');
  });

  // An administrator may read everything, so no file can be made for it.
  test.each([
    ['EACCES', 'permission denied'],
    ['ENOENT', 'there is no such file'],
    ['EMFILE', 'EMFILE'],
  ])('%s is told as: %s', (code, words) => {
    expect(whyUnread(Object.assign(new Error(), { code }))).toBe(words);
  });
});

describe('time', () => {
  const DAY = 86_400_000;
  const said = (until: number, from = 0, names = ['pbx.example']) =>
    remarksOn({ file: 'a.pem', names, from, until }, NOW).map(({ message }) => message);
  test.each([
    [NOW + 15 * DAY, undefined],
    [NOW + 14 * DAY, 'the certificate a.pem expires in 14 days, on 2027-01-15'],
    [NOW + 1.5 * DAY, 'the certificate a.pem expires in 1 day, on 2027-01-02'],
    [NOW + DAY / 2, 'the certificate a.pem expires today or tomorrow, on 2027-01-01'],
    [NOW, 'the certificate a.pem has expired on 2027-01-01'],
  ])('until %d: %s', (until, message) => {
    expect(said(until)).toEqual(message === undefined ? [] : [message]);
  });

  test('not yet valid, and without any name', () => {
    expect(said(NOW + 90 * DAY, NOW + DAY)).toEqual(['the certificate a.pem is not valid before 2027-01-02']);
    expect(said(NOW + 90 * DAY, 0, [])).toEqual(['the certificate a.pem has no name that a phone could check']);
  });
});
