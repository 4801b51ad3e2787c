// Debian's packages, unpacked into folders of the cache: nothing is installed and no root is needed. The addresses come
// from the machine's own apt sources and apt's signatures vouch for the bytes.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from './cache.mjs';
import { ProcessError, run, versionOf } from './process.mjs';
import { downloadFile, hashOf } from './resume.mjs';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The machine's release name, such as "bookworm"; null where it is not Debian. */
export function debianRelease() {
  if (!existsSync('/etc/os-release') || versionOf('apt-get') === null || versionOf('dpkg-deb') === null) {
    return null;
  }
  const text = readFileSync('/etc/os-release', 'utf8');
  return /^ID=debian$/m.test(text) ? (text.match(/^VERSION_CODENAME=(\w+)$/m)?.[1] ?? null) : null;
}

/** One private apt: its own lists, cache and idea of what is installed (nothing, so that dependencies come along). */
export class PrivateApt {
  /** @type {Set<string>} */
  static #updated = new Set();

  #dir;
  #suites;
  #sourcePackages;

  /**
   * @param {string} release The machine's release, whose sources are the pattern.
   * @param {string} suite The release to fetch from.
   */
  constructor(release, suite) {
    this.#dir = join(cacheDir, 'apt', suite);
    this.#suites = suitesLike(release, suite);
    this.#sourcePackages = suite !== release;
  }

  /** Brings the package lists, once per process. */
  async update() {
    if (PrivateApt.#updated.has(this.#dir)) {
      return;
    }
    for (const folder of ['sources', 'lists/partial', 'archives/partial']) {
      mkdirSync(join(this.#dir, folder), { recursive: true });
    }
    writeFileSync(join(this.#dir, 'status'), '');
    const types = this.#sourcePackages ? 'deb deb-src' : 'deb';
    const stanzas = this.#suites.map((stanza) => `Types: ${types}\n${stanza}`);
    writeFileSync(join(this.#dir, 'sources/private.sources'), stanzas.join('\n'));
    await run('apt-get', [...this.#options(), 'update']);
    PrivateApt.#updated.add(this.#dir);
  }

  /**
   * Downloads packages and everything they depend on.
   *
   * @param {string[]} packages
   * @param {(detail: string) => void} onProgress
   * @returns {Promise<string[]>} The files.
   */
  async downloadWithDependencies(packages, onProgress) {
    const archives = join(this.#dir, 'archives');
    const install = ['install', '--yes', ...packages];
    const wanted = await this.#wanted(install);
    await removeWrong(archives, wanted);
    await this.#apt(['--download-only', ...install], onProgress);
    return verified(archives, wanted);
  }

  /**
   * Downloads just these packages.
   *
   * @param {string[]} packages
   * @param {(detail: string) => void} onProgress
   */
  async download(packages, onProgress) {
    const folder = join(this.#dir, 'single');
    mkdirSync(folder, { recursive: true });
    const wanted = await this.#wanted(['download', ...packages]);
    await removeWrong(folder, wanted);
    try {
      for (const { uri, name, byteCount, sha256 } of wanted) {
        await downloadFile({ uri, file: join(folder, name), byteCount, sha256 }, onProgress);
      }
    } catch {
      // Such as a proxy that only apt knows of.
      await this.#apt(['download', ...packages], onProgress, folder);
    }
    return verified(folder, wanted);
  }

  /**
   * What apt would fetch, by its signed lists: asked with an empty cache, or it leaves out what it has by name and size.
   *
   * @param {string[]} parameters
   * @returns {Promise<Wanted[]>}
   */
  async #wanted(parameters) {
    const none = join(this.#dir, 'none');
    mkdirSync(join(none, 'partial'), { recursive: true });
    const settings = ['-o', `Dir::Cache::archives=${none}`, '-o', 'Acquire::ForceHash=sha256', '--print-uris'];
    // `apt-get download` looks into the folder where it stands.
    const list = await run('apt-get', [...this.#options(), ...settings, ...parameters], { cwd: none });
    const found = [...list.matchAll(/^'(\S+)' (\S+) (\d+) SHA256:(\w+)$/gm)];
    if (found.length === 0) {
      throw new ProcessError(`apt named no package for: ${parameters.join(' ')}`);
    }
    return found.map(([, uri, name, bytes, sha256]) => ({ uri, name, byteCount: Number(bytes), sha256 }));
  }

  /**
   * Downloads the original archives of source packages. Mirrors may lack the description files, so the exit status says
   * nothing; the caller checks the archives themselves.
   *
   * @param {string[]} packages
   */
  async downloadSources(packages) {
    const folder = join(this.#dir, 'source-packages');
    mkdirSync(folder, { recursive: true });
    await this.#apt(['source', '--download-only', ...packages], () => {}, folder).catch(() => {});
    return folder;
  }

  /** Gives back the room that downloads took. */
  removeDownloads() {
    for (const folder of ['archives', 'single']) {
      rmSync(join(this.#dir, folder), { recursive: true, force: true });
    }
  }

  /**
   * @param {string[]} parameters
   * @param {(detail: string) => void} onProgress
   * @param {string} [cwd]
   */
  async #apt(parameters, onProgress, cwd) {
    const onLine = (/** @type {string} */ line) => {
      const percent = line.match(/^dlstatus:\d+:([\d.]+):/);
      if (percent) {
        onProgress(`${Math.floor(Number(percent[1]))} %`);
      }
    };
    const options = [...this.#options(), '-o', 'APT::Status-Fd=3'];
    await run('apt-get', [...options, ...parameters], { cwd, onLine, statusPipe: true });
  }

  #options() {
    const settings = {
      'Dir::Etc::sourcelist': '/dev/null',
      'Dir::Etc::sourceparts': join(this.#dir, 'sources'),
      'Dir::Etc::preferences': '/dev/null',
      'Dir::Etc::preferencesparts': '/dev/null',
      'Dir::State': this.#dir,
      'Dir::State::lists': join(this.#dir, 'lists'),
      'Dir::State::status': join(this.#dir, 'status'),
      'Dir::Cache': this.#dir,
      'APT::Sandbox::User': 'root',
      'APT::Install-Recommends': 'false',
      'APT::Update::Post-Invoke': '',
      'Acquire::Languages': 'none',
      'Acquire::Retries': '3',
    };
    return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  }
}

/**
 * Unpacks packages into `target`, which appears complete or not at all. Two at a time: xz works on one core.
 *
 * @param {string[]} files
 * @param {string} target
 * @param {object} [options]
 * @param {string[]} [options.exclude] Patterns of tar.
 * @param {(detail: string) => void} [options.onProgress]
 */
export async function unpack(files, target, { exclude = [], onProgress = () => {} } = {}) {
  const part = `${target}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  const excludes = exclude.map((pattern) => `--exclude=${pattern}`);
  const waiting = [...files];
  let done = 0;
  const worker = async () => {
    for (let file = waiting.pop(); file; file = waiting.pop()) {
      const script = 'file=$1; shift; dpkg-deb --fsys-tarfile "$file" | tar -x --no-same-owner "$@"';
      await run('bash', ['-o', 'pipefail', '-c', script, 'unpack', file, '-C', part, ...excludes]);
      done += 1;
      onProgress(`${done} of ${files.length} packages`);
    }
  };
  await Promise.all([worker(), worker()]);
  rmSync(target, { recursive: true, force: true });
  renameSync(part, target);
}

/** @typedef {{ uri: string, name: string, byteCount: number, sha256: string }} Wanted */

/**
 * Takes away what lies there under a wanted name with other bytes: apt would believe the size.
 *
 * @param {string} folder
 * @param {Wanted[]} wanted
 */
export async function removeWrong(folder, wanted) {
  for (const { name, sha256 } of wanted) {
    const file = join(folder, name);
    if (existsSync(file) && (await hashOf(file)) !== sha256) {
      console.log(`${file} has another checksum than apt's lists say: it is fetched again.`);
      rmSync(file);
    }
  }
}

/**
 * The files, each with the bytes that apt's lists promise.
 *
 * @param {string} folder
 * @param {Wanted[]} wanted
 */
export async function verified(folder, wanted) {
  for (const { name, sha256 } of wanted) {
    const file = join(folder, name);
    if (!existsSync(file) || (await hashOf(file)) !== sha256) {
      throw new ProcessError(`${name} did not come with the checksum that apt's lists say: please try again.`);
    }
  }
  return wanted.map(({ name }) => join(folder, name));
}

/**
 * The machine's own apt sources as stanzas for another suite; for its own suite with updates and security fixes.
 *
 * @param {string} release
 * @param {string} suite
 */
function suitesLike(release, suite) {
  const wanted = new RegExp(`(^|\\s)${release}(-updates|-security)?(\\s|$)`);
  const found = machineStanzas().filter(({ suites }) => wanted.test(suites));
  const own = suite === release ? found : found.filter(({ suites }) => suites.split(/\s+/).includes(release));
  if (own.length === 0) {
    throw new Error(`apt's sources name no archive of Debian ${release}: add one to /etc/apt/sources.list.d`);
  }
  return own.map(({ uris, suites, signedBy }) => {
    const names =
      suite === release
        ? suites
            .split(/\s+/)
            .filter((name) => name.startsWith(release))
            .join(' ')
        : suite;
    return `URIs: ${uris}\nSuites: ${names}\nComponents: main\nSigned-By: ${signedBy}\n`;
  });
}

/** @returns {{ uris: string, suites: string, signedBy: string }[]} */
function machineStanzas() {
  const folder = '/etc/apt/sources.list.d';
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  const stanzas = [];
  for (const file of ['/etc/apt/sources.list', ...files].filter((path) => existsSync(path))) {
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => !line.startsWith('#'));
    if (file.endsWith('.sources')) {
      for (const text of lines.join('\n').split(/\n\s*\n/)) {
        const field = (/** @type {string} */ name) => text.match(new RegExp(`^${name}:\\s*(.+)$`, 'im'))?.[1].trim();
        const [uris, suites] = [field('URIs'), field('Suites')];
        if (uris && suites && /(^|\s)deb(\s|$)/.test(field('Types') ?? '')) {
          stanzas.push({ uris, suites, signedBy: field('Signed-By') ?? keyring });
        }
      }
    } else if (file.endsWith('.list')) {
      for (const line of lines) {
        const entry = line.match(/^deb\s+(?:\[(.*?)\]\s+)?(\S+)\s+(\S+)\s/);
        if (entry) {
          const signedBy = entry[1]?.match(/signed-by=(\S+)/i)?.[1] ?? keyring;
          stanzas.push({ uris: entry[2], suites: entry[3], signedBy });
        }
      }
    }
  }
  return stanzas;
}
