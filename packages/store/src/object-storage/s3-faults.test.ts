import { expect, test } from 'vitest';
import { faultOfError } from './s3-faults.ts';

const PLACE = { endpoint: 'https://s3.example.com', region: 'ru-1', bucket: 'recordings', prefix: '' };

test.each([
  [
    'EAI_AGAIN',
    'away',
    'the resolver gave no answer for its host name: EAI_AGAIN',
    'it is tried again; look at the DNS of this machine',
  ],
  ['ENOTFOUND', 'away', 'there is no such host name: ENOTFOUND', 'look at recordings.storage.s3.endpoint and the DNS'],
  [
    'CERT_HAS_EXPIRED',
    'refused',
    'no encrypted connection: CERT_HAS_EXPIRED',
    'its certificate must be trusted here: start VATS with NODE_EXTRA_CA_CERTS=FILE, or mend the endpoint',
  ],
])('%s', (code, kind, why, remedy) => {
  const fault = faultOfError(Object.assign(new Error('x'), { code }), 'store k', PLACE);
  expect([fault.kind, fault.message, fault.remedy]).toEqual([kind, `store k: https://s3.example.com: ${why}`, remedy]);
});
