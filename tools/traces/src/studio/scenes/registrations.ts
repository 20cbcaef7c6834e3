import { pause } from '../processes.ts';
import { PLACES, type Scene } from '../studio.ts';
import { asteriskOffice, baresip, kamailioOffice, linphone } from './phones.ts';

export const REGISTRATIONS: readonly Scene[] = [
  {
    name: 'register-challenge',
    play: async (studio) => {
      await asteriskOffice(studio, { stack: 'chan_sip' });
      await studio.roll();
      const alice = await baresip(studio, 'alice', { server: PLACES.asterisk });
      await alice.registers();
    },
  },
  {
    name: 'register-wrong-password',
    play: async (studio) => {
      await asteriskOffice(studio, { stack: 'pjsip' });
      await studio.roll();
      await baresip(studio, 'alice', { server: PLACES.asterisk, password: 'White8rabbit' });
      await pause(2_000);
    },
  },
  {
    name: 'register-refresh',
    play: async (studio) => {
      await kamailioOffice(studio);
      await studio.roll();
      const alice = await baresip(studio, 'alice', { server: PLACES.kamailio, regint: 60 });
      await alice.registers();
      await pause(56_000); // it asks again after nine tenths of the minute
    },
  },
  {
    name: 'register-linphone-refresh',
    play: async (studio) => {
      await kamailioOffice(studio);
      await studio.roll();
      const alice = await linphone(studio, 'alice', { server: PLACES.kamailio, expires: 60 });
      await alice.registers();
      await pause(60_000);
    },
  },
  {
    name: 'unregister',
    play: async (studio) => {
      await asteriskOffice(studio, { stack: 'chan_sip' });
      await studio.roll();
      const alice = await baresip(studio, 'alice', { server: PLACES.asterisk });
      await alice.registers();
      await alice.quit();
    },
  },
  {
    name: 'unregister-linphone',
    play: async (studio) => {
      await kamailioOffice(studio);
      await studio.roll();
      const alice = await linphone(studio, 'alice', { server: PLACES.kamailio });
      await alice.registers();
      await alice.quit();
    },
  },
];
