/** Directions of the house: packages import what their manifest declares; folders inside sip and media look down only. */
const layers = {
  sip: ['message', 'digest', 'transport', 'transaction', 'dialog', 'subscription', 'event-bodies', 'locate'],
  media: ['sdp', 'rtp', 'srtp', 'codec', 'sound', 'recording', 'plane'],
};

// digest and locate stand beside the others: digest may look at messages only, nobody in sip looks at locate; every other folder may look at those before it.
const upwards = Object.entries(layers).flatMap(([name, order]) =>
  order.map((folder, i) => ({
    name: `${name}-${folder}-looks-up`,
    comment: `packages/${name}/src/${folder} may import only the folders below it`,
    severity: 'error',
    from: { path: `^packages/${name}/src/${folder}/`, pathNot: '\\.test\\.ts$' },
    to: { path: `^packages/${name}/src/(${order.slice(i + 1).join('|') || '-none-'})/` },
  })),
);

const allowed = {
  kernel: [],
  sip: ['kernel'],
  media: ['kernel'],
  access: ['kernel'],
  pbx: ['kernel'],
  registrar: ['kernel', 'sip', 'pbx'],
  store: ['kernel', 'access', 'pbx', 'registrar'],
  calls: ['kernel', 'sip', 'media', 'pbx'],
};

const packages = Object.entries(allowed).map(([name, below]) => ({
  name: `package-${name}`,
  comment: `packages/${name} may import only: ${below.join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: `^packages/${name}/src/`, pathNot: '\\.test\\.ts$' },
  to: { path: '^packages/', pathNot: `^packages/(${[name, ...below].join('|')})/` },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-deep-import',
      comment: 'another package is entered by its exports map',
      severity: 'error',
      from: { path: '^(packages|tools)/([^/]+)/' },
      to: { path: '^packages/([^/]+)/src/', pathNot: '^packages/[^/]+/src/(testing/)?index\\.ts$|^$1/$2/' },
    },
    {
      name: 'sdp-transform-behind-media-sdp',
      severity: 'error',
      from: { path: '^(packages|tools)/', pathNot: '^packages/media/src/sdp/' },
      to: { path: 'sdp-transform' },
    },
    {
      name: 'sip-has-no-dependency',
      severity: 'error',
      from: { path: '^packages/(sip|kernel)/src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'testing-only-in-tests',
      comment: 'fakes and seeded randomness never run in the switch',
      severity: 'error',
      from: { path: '^packages/(?!testkit/)[^/]+/src/', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: { path: '/testing/' },
    },
    ...upwards,
    ...packages,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js'],
    },
  },
};
