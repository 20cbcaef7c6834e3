import { describe } from 'vitest';
import { pbxScenarios } from './pbx-scenarios.ts';

describe('a FreePBX with chan_sip that registers here', () => pbxScenarios('freepbx-chan_sip'));
