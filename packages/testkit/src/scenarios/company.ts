/** Trunks, numbers and rules of a company, at the top level of its PBX file. */
export const COMPANY = `
callerId: "+74951234567"
trunks:
  - name: itsp
    proxy: sip:192.0.2.70:5060
    domain: sip.itsp.example
    register: { login: "74951234567", password: s3cretpass }
    allow: [192.0.2.70]
    codecs: [PCMA]
    numbers: { send: "7", from: [request-uri, to, diversion, p-called-party-id] }
    channels: 30
  - { name: reserve, proxy: "sip:192.0.2.71:5060", allow: [192.0.2.71] }
numbers:
  - { number: "+74951234567", channels: 10, to: "201" }
  - { number: "+74957654321", to: "600" }
  - { number: "+74950000210", to: "210" }
groups:
  - extension: "600"
    name: Sales
    members: ["201", "202", "203"]
    strategy: sequential
    ring: 5s
outbound:
  - { match: "+7[67]*", deny: true }
  - { match: "+7*", trunk: itsp, reserve: [reserve] }
`;

/** The PBX among its users. @param did how it is told the number that was called */
export function pbxUser(did = 'request-uri'): string {
  return [
    '  - extension: "210"',
    '    name: Asterisk',
    '    callerId: "+74950000210"',
    `    devices: [{ login: user11, password: Vf5kNm7Z, trunk: true, did: ${did} }]`,
  ].join('\n');
}

/** A user of the company who is as these keys say. */
export function changed(extension: string, login: string, keys: string): string {
  const devices = `devices: [{ login: ${login}, password: Vf5kNm7Z }]`;
  return `domain: acme.example\nusers: [{ extension: "${extension}", name: ${login}, ${devices}, ${keys} }]\n`;
}
