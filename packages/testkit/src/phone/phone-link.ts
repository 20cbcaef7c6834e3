import type { Endpoint, Random } from '@vats/kernel';
import type { Network, StreamSocket } from '@vats/sip';
import { MemoryTls, WebSocketClient } from '@vats/sip/testing';

/** How a phone is on the network: one UDP socket, or one connection to its server at a time. */
export interface PhoneLink {
  readonly transport: 'UDP' | 'TCP' | 'TLS' | 'WS';
  /** The phone's own end. */
  readonly local: Endpoint;
  send(octets: Buffer, to: Endpoint): void;
  /** TCP: gives the connection up; the next send opens another. */
  hangUp(): void;
  close(): Promise<void>;
}

export type LinkHeard = (octets: Buffer, from: Endpoint) => void;

export async function udpLink(network: Network, local: Endpoint, heard: LinkHeard): Promise<PhoneLink> {
  const socket = await network.bindUdp(local, { onDatagram: heard, onFailure: () => {} });
  return {
    transport: 'UDP',
    local,
    send: (octets, to) => socket.send(octets, to),
    hangUp: () => {},
    close: () => socket.close(),
  };
}

export function tcpLink(network: Network, local: Endpoint, heard: LinkHeard): PhoneLink {
  let stream: ReturnType<Network['connectTcp']> | undefined;
  const open = (to: Endpoint): ReturnType<Network['connectTcp']> => {
    let waiting: Buffer = Buffer.alloc(0);
    const opened = network.connectTcp(local.address, to, {
      onOctets: (octets) => {
        waiting = takeMessages(Buffer.concat([waiting, octets]), (message) => heard(message, to));
      },
      onEnded: () => opened.end(),
      onClosed: () => {
        if (stream === opened) stream = undefined;
      },
    });
    return opened;
  };
  return {
    transport: 'TCP',
    local,
    send: (octets, to) => {
      stream ??= open(to);
      stream.write(octets);
    },
    hangUp: () => {
      stream?.destroy();
      stream = undefined;
    },
    close: async () => stream?.destroy(),
  };
}

/** As `tcpLink`, over TLS as it is in memory. It takes whoever answers. */
export function tlsLink(network: Network, local: Endpoint, heard: LinkHeard): PhoneLink {
  const tls = new MemoryTls(network);
  const peer = { name: 'anybody', verify: 'off' } as const;
  const secured: Network = { ...network, connectTcp: (from, to, user) => tls.connect(from, to, peer, user) };
  return { ...tcpLink(secured, local, heard), transport: 'TLS' };
}

/** A WebSocket to its server at a time, as a browser has. */
export function webSocketLink(network: Network, local: Endpoint, random: Random, heard: LinkHeard): PhoneLink {
  let open: { readonly stream: StreamSocket; readonly client: WebSocketClient; readonly waiting: Buffer[] } | undefined;
  const connect = (to: Endpoint): NonNullable<typeof open> => {
    const client = new WebSocketClient(random, (octets) => stream.write(octets));
    const waiting: Buffer[] = [];
    const stream = network.connectTcp(local.address, to, {
      onConnected: () => client.open(),
      onOctets: (octets) => {
        client.onOctets(octets);
        if (client.answer !== undefined) for (const message of waiting.splice(0)) client.send(message);
        for (const message of client.heard.splice(0)) {
          // What begins with # is a frame of the WebSocket's own.
          if (!message.startsWith('#') && message.trim() !== '') heard(Buffer.from(message), to);
        }
      },
      onEnded: () => stream.end(),
      onClosed: () => {
        if (open?.stream === stream) open = undefined;
      },
    });
    return { stream, client, waiting };
  };
  return {
    transport: 'WS',
    local,
    send: (octets, to) => {
      open ??= connect(to);
      if (open.client.answer === undefined) open.waiting.push(octets);
      else open.client.send(octets);
    },
    hangUp: () => {
      open?.stream.destroy();
      open = undefined;
    },
    close: async () => open?.stream.destroy(),
  };
}

/** As `tcpLink`, of a system that is connected to: what it sends goes over the connection that the switch made, while there is one. */
export async function tcpServerLink(network: Network, local: Endpoint, heard: LinkHeard): Promise<PhoneLink> {
  const own = tcpLink(network, local, heard);
  let accepted: StreamSocket | undefined;
  const listener = await network.listenTcp(local, {
    onConnection: (stream) => {
      accepted = stream;
      let waiting: Buffer = Buffer.alloc(0);
      return {
        onOctets: (octets) => {
          waiting = takeMessages(Buffer.concat([waiting, octets]), (message) => heard(message, stream.observed));
        },
        onEnded: () => stream.end(),
        onClosed: () => {
          if (accepted === stream) accepted = undefined;
        },
      };
    },
    onFailure: () => {},
  });
  return {
    transport: 'TCP',
    local,
    send: (octets, to) => {
      if (accepted === undefined) own.send(octets, to);
      else accepted.write(octets);
    },
    hangUp: () => {
      accepted?.destroy();
      own.hangUp();
    },
    close: async () => {
      accepted?.destroy();
      await own.close();
      await listener.close();
    },
  };
}

/** Cuts whole messages off the front, by Content-Length alone; gives back what is left. Our own framer is what it tests. */
export function takeMessages(octets: Buffer, take: (message: Buffer) => void): Buffer {
  let rest = octets;
  for (;;) {
    const text = rest.toString('latin1');
    const blank = /^[\r\n]+/.exec(text)?.[0].length ?? 0;
    const head = text.indexOf('\r\n\r\n', blank);
    if (head < 0) return blank === text.length ? Buffer.alloc(0) : rest;
    const length = Number(/^(?:content-length|l)\s*:\s*(\d+)/im.exec(text.slice(blank, head + 2))?.[1] ?? 0);
    const end = head + 4 + length;
    if (rest.length < end) return rest;
    take(rest.subarray(blank, end));
    rest = rest.subarray(end);
  }
}
