import { describe } from 'vitest';
import { PBX_NEEDS, PbxAtUs } from './pbx-at-us.ts';
import { NUMBER, PBX } from './pbx-at-us-file.ts';
import { over, pbxScenarios, reaches } from './pbx-scenarios.ts';
import { scenario } from './scenario.ts';

// Each with a switch and an Asterisk of its own, two at a time: they wait for each other most of the time.
describe.concurrent('a FreePBX with chan_pjsip that registers here', () => pbxScenarios('freepbx-pjsip'));

scenario(
  'an Asterisk whose pjsip.conf is our recipe registers by itself and is called',
  { needs: PBX_NEEDS },
  async (scene) => {
    const set = await PbxAtUs.start(scene, 'asterisk-pjsip');
    await set.asterisk.shows('pjsip show registrations', /\bRegistered\b/, 20_000);
    const anna = await set.phone();
    await reaches(set, anna, PBX.extension, PBX.extension);
    await over(set, anna);
    await reaches(set, anna, NUMBER, NUMBER);
    await over(set, anna);
    await anna.stop();
  },
);
