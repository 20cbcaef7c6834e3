import { describe } from 'vitest';
import { pbxScenarios } from './pbx-scenarios.ts';

describe.concurrent('a FreePBX with chan_sip that registers here', () => pbxScenarios('freepbx-chan_sip'));
