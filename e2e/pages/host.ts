import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DIST = join(ROOT, 'dist');

/** How the host answers: as it should; not at all; with an error; with something that is no page; as if there were no network. */
export type Mood = 'well' | 'silent' | 'failing' | 'foreign' | 'cut';

/** A folder that is served at an address of its own and into which builds are deployed while pages are open. */
export class Host {
  mood: Mood = 'well';
  /** The paths that were asked for, with the status of the answer. */
  readonly asked: { path: string; status: number }[] = [];

  private constructor(
    readonly url: string,
    private readonly folder: string,
    private readonly child: ChildProcess,
    private readonly front: Server,
  ) {}

  static async start(): Promise<Host> {
    const folder = await mkdtemp(join(tmpdir(), 'unroll-host-'));
    await cp(DIST, folder, { recursive: true });
    const child = spawn('node', [join(ROOT, 'scripts/serve.mjs'), '--dir', folder, '--port', '0', '--base', '/unroll/'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const behind = Number(/:(\d+)\//.exec(line.toString())?.[1]);
    let host: Host | undefined;
    const front = createServer((question, answer) => {
      const mood = host?.mood ?? 'well';
      if (mood === 'silent') return;
      if (mood === 'cut') return void question.socket.destroy();
      if (mood !== 'well') {
        answer.writeHead(mood === 'failing' ? 503 : 200, { 'Content-Type': 'text/plain' }).end('Not the app.');
        return;
      }
      const { url: path, method, headers } = question;
      const passed = request({ port: behind, host: '127.0.0.1', path, method, headers }, (came) => {
        host?.asked.push({ path: path ?? '', status: came.statusCode ?? 0 });
        answer.writeHead(came.statusCode ?? 502, came.headers);
        came.pipe(answer);
      });
      passed.on('error', () => question.socket.destroy());
      question.pipe(passed);
    });
    front.listen(0, '127.0.0.1');
    await once(front, 'listening');
    const address = front.address();
    if (address === null || typeof address === 'string') throw new Error('The host has no port.');
    host = new Host(`http://127.0.0.1:${address.port}/unroll/`, folder, child, front);
    return host;
  }

  async stop() {
    this.front.closeAllConnections();
    this.front.close();
    this.child.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The version of the build in the folder. */
  async version(): Promise<string> {
    return /data-version="([0-9a-f]+)"/.exec(await readFile(join(this.folder, 'index.html'), 'utf8'))?.[1] ?? 'none';
  }

  /**
   * Replaces the folder's content by another build of the same app: every name that holds a hash is another one, as are all versions,
   * and the files of the old build are gone. `without` names what a deployment has not brought yet.
   */
  async deployAnother(without?: RegExp): Promise<void> {
    const other = (text: string) => text.replace(/\b[0-9a-f]{12,16}\b/g, (hash) => [...hash].reverse().join(''));
    const files = (await readdir(DIST)).filter((name) => !/\.(br|gz)$/.test(name));
    for (const name of await readdir(this.folder)) await rm(join(this.folder, name), { recursive: true });
    for (const name of files.filter((name) => !without?.test(name))) {
      const content = await readFile(join(DIST, name));
      await writeFile(join(this.folder, other(name)), /\.(js|html|json|css)$/.test(name) ? other(content.toString()) : content);
    }
  }
}
