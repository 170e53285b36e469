/** The browser that scripts/setup.sh found, and the flags that a container and a software renderer need. */
export const launch = {
  executablePath: process.env.CHROME ?? 'chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-dev-shm-usage',
  ],
};
