import { expect } from 'vitest';
import { run } from './child.ts';
import { pbxFile } from './office.ts';
import { scenario } from './scenario.ts';
import { Switch } from './switch.ts';

scenario(
  'RFC 5626 §8: a STUN client hears at the SIP port where it is seen from',
  { needs: ['turnutils_stunclient'] },
  async (scene) => {
    const vats = await Switch.start(scene, { pbx: pbxFile({}) });
    const { address, port } = vats.sip;
    const asked = await run('turnutils_stunclient', ['-p', port, address], { milliseconds: 10_000 });
    expect(asked.stdout).toMatch(/UDP reflexive addr: 127\.\d+\.\d+\.\d+:\d+/);
    await vats.idle();
  },
);
