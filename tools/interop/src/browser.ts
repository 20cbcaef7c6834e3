import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Scene } from './scene.ts';

const CHROMIUM = '/usr/bin/chromium';
const HERE = fileURLToPath(new URL('.', import.meta.url));

/** A page with JsSIP in it, on a web server of its own. */
export interface PhonePage {
  readonly page: Page;
  /** What the browser calls it. */
  readonly origin: string;
}

/** Serves the page, and shows it in a headless Chromium whose microphone plays beeps. It believes every certificate. */
export async function phonePage(scene: Scene): Promise<PhonePage> {
  const script = await bundle();
  const server = createServer((request, response) => {
    const isScript = request.url === '/phone.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><title>phone</title><script src="/phone.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  scene.own('web server', () => server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser: Browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      '--ignore-certificate-errors',
    ],
  });
  scene.own('chromium', () => browser.close());
  const page = await browser.newPage({ ignoreHTTPSErrors: true });
  await page.goto(origin);
  return { page, origin };
}

async function bundle(): Promise<string> {
  const made = await build({
    stdin: { contents: "import JsSIP from 'jssip'; window.JsSIP = JsSIP; window.phones = {};", resolveDir: HERE },
    bundle: true,
    write: false,
    platform: 'browser',
    define: { global: 'window' },
    logLevel: 'error',
  });
  return made.outputFiles[0]?.text ?? '';
}

export interface JsSipAccount {
  readonly url: string;
  readonly login: string;
  readonly password: string;
  readonly domain: string;
}

/** Starts a JsSIP in the page. Resolves with `registered`, or with why not: the registrar's answer, or `disconnected`. */
export async function register(page: Page, account: JsSipAccount): Promise<string> {
  return await page.evaluate(({ url, login, password, domain }) => {
    // biome-ignore lint/suspicious/noExplicitAny: the page's own world, which no types are of
    const world = globalThis as any;
    const phone = new world.JsSIP.UA({
      sockets: [new world.JsSIP.WebSocketInterface(url)],
      uri: `sip:${login}@${domain}`,
      password,
      register: true,
      register_expires: 120,
    });
    world.phones[login] = phone;
    return new Promise<string>((resolve) => {
      phone.on('registered', () => resolve('registered'));
      phone.on('registrationFailed', (event: { cause: string }) => resolve(event.cause));
      phone.on('disconnected', () => resolve('disconnected'));
      phone.start();
    });
  }, account);
}

/** Calls with sound of the browser; what the call failed with, as its final response says. */
export async function callFails(page: Page, login: string, target: string): Promise<string> {
  return await page.evaluate(
    ({ login, target }) => {
      // biome-ignore lint/suspicious/noExplicitAny: as above
      const phone = (globalThis as any).phones[login];
      return new Promise<string>((resolve) => {
        const told = (event: {
          cause: string;
          message?: { status_code?: number; reason_phrase?: string; getHeader(name: string): string | undefined };
        }) => {
          const { message } = event;
          resolve(`${message?.status_code} ${message?.reason_phrase} (${message?.getHeader('Warning')})`);
        };
        phone.call(target, {
          mediaConstraints: { audio: true, video: false },
          eventHandlers: { failed: told, accepted: () => resolve('accepted') },
        });
      });
    },
    { login, target },
  );
}

/** Takes its binding away. */
export async function unregister(page: Page, login: string): Promise<void> {
  await page.evaluate((login) => {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const phone = (globalThis as any).phones[login];
    return new Promise<void>((resolve) => {
      phone.on('unregistered', () => resolve());
      phone.unregister({ all: false });
    });
  }, login);
}
