import { describe, expect, test } from 'vitest';
import { partyAt, placesOf, readStory, StoryFault, storyFileOf, storyOf } from './story.ts';
import { storyDraft } from './story-draft.ts';
import { datagram, pcapOf } from './testing/frames.ts';
import { traceOf } from './trace.ts';

const GOOD = `title: A call
shows: A call.
made:
  on: 2026-11-23
  with: a command
  how: by hand
server: { at: ["127.0.0.40:5060"], is: a server }
parties:
  alice:
    at: ["127.0.0.61:5060", "[::1]:40001"]
    is: a phone
expect:
  alice: ""
`;

test('a story names its places', () => {
  const story = storyOf(GOOD, 'call.yaml');
  expect([...placesOf(story)]).toEqual([
    ['127.0.0.40:5060', 'switch'],
    ['127.0.0.61:5060', 'alice'],
    ['[::1]:40001', 'alice'],
  ]);
  expect(partyAt(story, { address: '::1', port: 40_001 })).toBe('alice');
  expect(partyAt(story, { address: '127.0.0.40', port: 5060 })).toBeUndefined();
  expect(storyFileOf('a/b.pcapng')).toBe('a/b.yaml');
});

describe('a wrong story is told of by file, line and key', () => {
  test.each([
    ['bad YAML', GOOD.replace('title: A call', 'title: [A call'), /^call\.yaml:\d+: /],
    [
      'no endpoint',
      GOOD.replace('127.0.0.61:5060', '127.0.0.61'),
      /^call\.yaml:10: parties\.alice\.at\.0: "127\.0\.0\.61" is no endpoint/,
    ],
    ['a bad date', GOOD.replace('2026-11-23', 'today'), /^call\.yaml:4: made\.on: write the date/],
    ['an unknown key', GOOD.replace('title:', 'titel: x\ntitle:'), /^call\.yaml.*titel/],
    ['a key that is missing', GOOD.replace('shows: A call.\n', ''), /^call\.yaml.*shows/],
    [
      'a party that is not there',
      GOOD.replace('  alice: ""', '  eve: ""'),
      /^call\.yaml: expect\.eve: there is no such party/,
    ],
  ])('%s', (_name, text, message) => {
    expect(() => storyOf(text, 'call.yaml')).toThrow(StoryFault);
    expect(() => storyOf(text, 'call.yaml')).toThrow(message);
  });

  test('no file', () => {
    expect(() => readStory('/nowhere/call.yaml')).toThrow('/nowhere/call.yaml: there is no such story');
  });
});

test('the beginning of a story can be read, once a person filled it in', () => {
  const register =
    'REGISTER sip:x SIP/2.0\r\nFrom: <sip:alice@x>;tag=1\r\nTo: <sip:alice@x>\r\nCSeq: 1 REGISTER\r\n\r\n';
  const file = pcapOf([
    datagram({ address: '127.0.0.61', port: 5060 }, { address: '127.0.0.40', port: 5060 }, register),
  ]);
  const story = storyOf(storyDraft(traceOf(file, 'call.pcap')), 'call.yaml');
  expect(Object.keys(story.parties)).toEqual(['alice']);
  expect(placesOf(story).get('127.0.0.40:5060')).toBe('switch');
});
