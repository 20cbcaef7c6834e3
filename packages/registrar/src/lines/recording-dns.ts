import type { DnsAnswer, DnsQuestions, NaptrRecord, SrvRecord } from '@vats/sip';

/** Asks, and keeps each question with its answer as a person reads them. */
export class RecordingDns implements DnsQuestions {
  readonly asked: { readonly question: string; readonly answer: string }[] = [];
  readonly #dns: DnsQuestions;

  constructor(dns: DnsQuestions) {
    this.#dns = dns;
  }

  naptr(name: string): Promise<DnsAnswer<NaptrRecord>> {
    return this.#keep(`NAPTR ${name}`, this.#dns.naptr(name), naptrText);
  }

  srv(name: string): Promise<DnsAnswer<SrvRecord>> {
    return this.#keep(`SRV ${name}`, this.#dns.srv(name), srvText);
  }

  a(name: string): Promise<DnsAnswer<string>> {
    return this.#keep(`A ${name}`, this.#dns.a(name), String);
  }

  aaaa(name: string): Promise<DnsAnswer<string>> {
    return this.#keep(`AAAA ${name}`, this.#dns.aaaa(name), String);
  }

  async #keep<T>(question: string, asking: Promise<DnsAnswer<T>>, text: (record: T) => string): Promise<DnsAnswer<T>> {
    const answer = await asking;
    this.asked.push({ question, answer: answerOf(answer, text) });
    return answer;
  }
}

function answerOf<T>(answer: DnsAnswer<T>, text: (record: T) => string): string {
  if (!answer.ok) return `failed: ${answer.code}`;
  return answer.records.length === 0 ? 'no record' : answer.records.map(text).join(', ');
}

function naptrText({ service, replacement, order, preference }: NaptrRecord): string {
  return `${service} ${replacement} (order ${order}, preference ${preference})`;
}

function srvText({ priority, weight, port, target }: SrvRecord): string {
  return `${target}:${port} (priority ${priority}, weight ${weight})`;
}
