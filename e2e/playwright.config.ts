import { defineConfig } from '@playwright/test';
import { launch } from './browser';

/** Another port, where several runs share a machine. */
const ROOT_PORT = Number(process.env.JOURNEYS_PORT ?? 8391);
const FOLDER_PORT = ROOT_PORT + 1;
export const ROOT_URL = `http://127.0.0.1:${ROOT_PORT}/`;
export const FOLDER_URL = `http://127.0.0.1:${FOLDER_PORT}/unroll/`;

export default defineConfig({
  testDir: 'journeys',
  outputDir: 'results',
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  retries: 0,
  reporter: 'list',
  use: {
    baseURL: ROOT_URL,
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    serviceWorkers: 'block',
    launchOptions: launch,
    trace: 'retain-on-failure',
  },
  webServer: [
    { command: `node ../scripts/serve.mjs --dir ../dist --port ${ROOT_PORT}`, url: ROOT_URL },
    { command: `node ../scripts/serve.mjs --dir ../dist --port ${FOLDER_PORT} --base /unroll/`, url: FOLDER_URL },
  ],
});
