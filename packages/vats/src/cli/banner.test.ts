import { modelOf } from '@vats/pbx/testing';
import { expect, test } from 'vitest';
import { checkSettings } from '../settings/index.ts';
import { banner } from './banner.ts';

const COMPANY = `
domain: demo.vats
users: [{ extension: "201", name: Demo, devices: [{ login: "201", password: Vf5kNm7ZqW3x }] }]
`;

function shown(...listening: readonly (readonly ['udp' | 'tcp', number])[]): string {
  const settings = checkSettings('data: /srv/vats', 'vats.yaml', 0);
  if (!settings.ok) throw new Error(JSON.stringify(settings.problems));
  const listeners = listening.map(([transport, port]) => ({ transport, endpoint: { address: '127.0.0.1', port } }));
  const running = { settings: settings.value, listeners, model: { directory: { model: modelOf(COMPANY) } } };
  return banner(running, [{ login: '201', password: 'Vf5kNm7Z' }], '1.2.3');
}

test('the first start tells what is so: where recordings are, how many users there are', () => {
  const text = shown(['udp', 5060], ['tcp', 5060]);
  expect(text).toContain('demo.vats (1 user)\n');
  expect(text).toContain('recorded under /srv/vats/recordings.');
  expect(text).toContain('SIP server / domain   127.0.0.1   (UDP or TCP)\n');
});

test('and by what transport the address is reached', () => {
  expect(shown(['udp', 5070])).toContain('127.0.0.1:5070   (UDP)\n');
  expect(shown(['tcp', 5060], ['udp', 5070])).toContain('127.0.0.1   (TCP)\n');
});
