import { expect, test } from 'vitest';
import { json, running, serve, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();

test('subscriptions: nobody watches anybody', async () => {
  await serve();
  expect(await vats('subscriptions')).toMatchObject({ code: 0, out: 'nobody watches anybody\n' });
  expect(await json('subscriptions')).toMatchObject({ subscriptions: [] });
  expect(await json('status')).toMatchObject({
    watching: { subscriptions: { alive: 0, notifies: 0 }, messages: { delivered: 0 } },
    ledger: { subscriptions: 0, publications: 0, lamps: 0, 'messages under way': 0 },
  });
});

test('subscriptions: a row for each, with whom it shows and from where', async () => {
  await serve();
  const domain = running.model.directory.model.domains[0]!;
  running.watching.snapshots = () => [
    {
      package: 'dialog',
      resource: `${domain.id}\ntrunk\nitsp`,
      watcher: {
        ...{ account: 'x', domain: domain.id, login: 'anna', extension: '201' },
        ...{ entity: 'sip:itsp@acme.example', host: 'acme.example', port: undefined },
      },
      flow: { observed: { address: '192.0.2.10', port: 5062 }, transport: 'udp' } as never,
      left: 75_000,
      documents: 3,
    },
  ];
  const { out } = await vats('subscriptions');
  expect(out.split('\n')[1]).toMatch(/^anna +acme\.example +trunk itsp +dialog +192\.0\.2\.10:5062 +udp +1:1[45] +3$/);
});
