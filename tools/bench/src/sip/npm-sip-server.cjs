// A process of its own: npm's `sip`, which answers each OPTIONS in a transaction. Where it is, where it listens: its arguments.
const [directory, address, port] = process.argv.slice(2);
const sip = require(`${directory}/node_modules/sip`);
sip.start({ address, port: Number(port), tcp: false, publicAddress: address }, (request) => {
  const response = sip.makeResponse(request, 200, 'OK');
  response.headers.to.params.tag = 'bench';
  sip.send(response);
});
console.log('ready');
