// Compiler, build tools and Emscripten: the machine's own where they are good enough, else Debian's packages in the cache.

import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { binDir, cacheDir, isStamped, repository, stamp } from './cache.mjs';
import { debianRelease, PrivateApt, unpack } from './debian.mjs';
import { isAtLeast, ProcessError, run, versionOf } from './process.mjs';
import { provideDoctest } from './sources.mjs';

const LEAST_EMSCRIPTEN = '3.1.69';
const LEAST_CMAKE = '3.22';
/** The Debian release whose Emscripten is the one that clang 19, which Debian 12 and 13 carry, goes with. */
const EMSCRIPTEN_SUITE = 'trixie';

const toolsDir = join(cacheDir, 'tools');
const sysrootDir = join(cacheDir, 'sysroot');
const emscriptenDir = join(cacheDir, 'emscripten');

/** @type {Record<string, { triple: string, loader: string }>} */
const machines = {
  x64: { triple: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { triple: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
};

/** What this machine's tools come from. */
export function decideTools() {
  const release = debianRelease();
  const machine = machines[process.arch];
  const debian = release && machine ? { release, ...machine } : null;
  const emccVersion = versionOf('emcc');
  const emcc = isAtLeast(emccVersion, LEAST_EMSCRIPTEN) ? emccVersion : null;
  if (!debian && !emcc) {
    throw new ProcessError(
      [
        `Emscripten ${LEAST_EMSCRIPTEN} or later is needed, and ${emccVersion ? `emcc is ${emccVersion}` : 'there is no emcc on the path'}.`,
        'Get it from https://emscripten.org/docs/getting_started/downloads.html (emsdk), in short:',
        '  git clone https://github.com/emscripten-core/emsdk && cd emsdk',
        '  ./emsdk install 3.1.69 && ./emsdk activate 3.1.69 && source ./emsdk_env.sh',
        'Then run this again. (On Debian 12 and 13 a private copy is fetched instead.)',
      ].join('\n'),
    );
  }
  return { debian, emcc };
}

/** @typedef {ReturnType<typeof decideTools>} Tools */
/** @typedef {(detail: string) => void} OnProgress */

/** @param {Tools} tools */
export function hasBuildTools(tools) {
  return isStamped('tools', toolsState(tools), toolFolders());
}

/** @param {Tools} tools */
function toolsState(tools) {
  return tools.debian ? `${tools.debian.release} ${needsSysroot(tools)} 2` : 'own';
}

/** What provideBuildTools fills; em++ comes with Emscripten. */
function toolFolders() {
  const wrappers = existsSync(binDir) ? readdirSync(binDir).filter((name) => name !== 'em++') : [];
  return [toolsDir, sysrootDir, join(cacheDir, 'include/doctest'), ...wrappers.map((name) => join(binDir, name))];
}

/** What provideEmscripten fills. */
const emscriptenFolders = [emscriptenDir, join(cacheDir, 'emscripten.cmake'), join(binDir, 'em++')];

/**
 * Whether the machine lacks the headers and libraries that every native program needs.
 *
 * @param {Tools} tools
 */
function needsSysroot(tools) {
  const gcc = `/usr/lib/gcc/${tools.debian?.triple}`;
  const hasLibrary =
    existsSync(gcc) && readdirSync(gcc).some((version) => existsSync(join(gcc, version, 'libstdc++.so')));
  return !hasLibrary || !existsSync('/usr/include/stdio.h');
}

/**
 * clang, lld, CMake, Ninja, doctest and clang-format.
 *
 * @param {Tools} tools
 * @param {OnProgress} onProgress
 */
export async function provideBuildTools(tools, onProgress) {
  if (!tools.debian) {
    const missing = ['cmake', 'ninja', 'c++'].filter((name) => versionOf(name) === null);
    if (missing.length > 0) {
      throw new ProcessError(
        `Please install ${missing.join(', ')}: this machine is not Debian, where they are fetched.`,
      );
    }
    await provideDoctest();
    stamp('tools', toolsState(tools), toolFolders());
    return;
  }
  const { release } = tools.debian;
  const apt = new PrivateApt(release, release);
  onProgress('package lists');
  await apt.update();
  const libraryVersion = release === 'bookworm' ? 12 : 14;
  const files = await apt.downloadWithDependencies(
    ['clang-19', 'lld-19', 'llvm-19', 'libclang-rt-19-dev', 'clang-format-19', 'cmake', 'ninja-build', 'doctest-dev']
      .concat([`libstdc++-${libraryVersion}-dev`, 'libc6-dev', 'python3', 'xz-utils'])
      .sort(),
    (detail) => onProgress(`downloading, ${detail}`),
  );
  const nameOf = (/** @type {string} */ file) => basename(file).split('_')[0];
  const unneeded = /^(libc6|dpkg|tar|perl|libperl|procps|binutils|libobjc|lib[atl]san|libubsan|libgprofng|clang-tools)/;
  await unpack(
    files.filter((file) => !unneeded.test(nameOf(file))),
    toolsDir,
    { exclude: ['./usr/share/doc/*', './usr/share/man/*', './usr/share/locale/*'], onProgress: unpacking(onProgress) },
  );
  if (needsSysroot(tools)) {
    const library = /^(libc6|libc6-dev|linux-libc-dev|libgcc-s1|libgcc-\d+-dev|libstdc\+\+6|libstdc\+\+-\d+-dev)$/;
    await unpack(
      files.filter((file) => library.test(nameOf(file))),
      sysrootDir,
    );
  } else {
    rmSync(sysrootDir, { recursive: true, force: true });
  }
  writeToolWrappers(tools);
  mkdirSync(join(cacheDir, 'include'), { recursive: true });
  cpSync(join(toolsDir, 'usr/include/doctest'), join(cacheDir, 'include/doctest'), { recursive: true });
  apt.removeDownloads();
  stamp('tools', toolsState(tools), toolFolders());
}

/** @param {Tools} tools */
function writeToolWrappers(tools) {
  const llvm = join(toolsDir, 'usr/lib/llvm-19/bin');
  for (const name of ['clang', 'clang++', 'clang-format', 'llvm-ar', 'llvm-ranlib', 'llvm-symbolizer']) {
    writeWrapper(tools, binDir, name, join(llvm, name));
  }
  for (const name of ['cmake', 'ctest', 'ninja']) {
    rmSync(join(binDir, name), { force: true });
    if (!isAtLeast(versionOf(name), name === 'ninja' ? '1.10' : LEAST_CMAKE)) {
      writeWrapper(tools, binDir, name, join(toolsDir, 'usr/bin', name));
    }
  }
  rmSync(join(binDir, 'xz'), { force: true });
  if (versionOf('xz') === null) {
    writeWrapper(tools, binDir, 'xz', join(toolsDir, 'usr/bin/xz'));
  }
  rmSync(join(binDir, 'python3'), { force: true });
  if (!isAtLeast(versionOf('python3'), '3.8')) {
    const python = readdirSync(join(toolsDir, 'usr/bin')).find((name) => /^python3\.\d+$/.test(name));
    const home = `PYTHONHOME=${quote(join(toolsDir, 'usr'))}`;
    writeWrapper(tools, binDir, 'python3', join(toolsDir, 'usr/bin', python ?? 'python3'), home);
  }
}

/**
 * A program of the cache needs the cache's libraries; the machine's programs must not get them.
 *
 * @param {Tools} tools
 * @param {string} folder
 * @param {string} name
 * @param {string} program
 * @param {string} [setting]
 */
function writeWrapper(tools, folder, name, program, setting = '') {
  const triple = tools.debian?.triple;
  const libraries = `${join(toolsDir, 'usr/lib', triple ?? '')}:${join(toolsDir, 'lib', triple ?? '')}`;
  writeScript(join(folder, name), `LD_LIBRARY_PATH=${quote(libraries)} ${setting} exec ${quote(program)} "$@"`);
}

/**
 * @param {string} file
 * @param {string} command
 */
function writeScript(file, command) {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${command}\n`);
  chmodSync(file, 0o755);
}

/** @param {string} text */
function quote(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** @param {Tools} tools */
export function hasEmscripten(tools) {
  return isStamped('emscripten', tools.emcc ? `own ${tools.emcc}` : 'private 3', emscriptenFolders);
}

/**
 * @param {Tools} tools
 * @param {OnProgress} onProgress
 * @param {Promise<unknown>} others What has to be there at the end: npm's packages and the build tools.
 */
export async function provideEmscripten(tools, onProgress, others) {
  if (tools.emcc) {
    writeFileSync(join(cacheDir, 'emscripten.cmake'), `set(HEADSTART_OWN_EMSCRIPTEN ${tools.emcc})\n`);
    stamp('emscripten', `own ${tools.emcc}`, emscriptenFolders);
    return;
  }
  const { release, triple, loader } = /** @type {NonNullable<Tools['debian']>} */ (tools.debian);
  const apt = new PrivateApt(release, EMSCRIPTEN_SUITE);
  onProgress('package lists');
  await apt.update();
  // Not with their dependencies: those would be that release's compiler. Its C library only for its own programs.
  const packages = ['emscripten', 'binaryen', 'libc6', 'libstdc++6', 'libgcc-s1'];
  const files = await apt.download(
    packages.map((name) => `${name}/${EMSCRIPTEN_SUITE}`),
    (detail) => onProgress(`downloading, ${detail}`),
  );
  // Without what is never linked here: other code models, sanitizers, tests.
  const libraries = './usr/share/emscripten/cache/sysroot/lib/wasm32-emscripten';
  const exclude = ['lto', 'lto-pic', 'pic', '*asan*', '*lsan*', '*ubsan*', 'libsanitizer*']
    .map((pattern) => `${libraries}/${pattern}`)
    .concat(['./usr/share/doc/*', './usr/share/emscripten/docs', './usr/share/emscripten/test']);
  await unpack(files, emscriptenDir, { exclude, onProgress: unpacking(onProgress) });

  onProgress('waiting for the other downloads');
  await others;
  const program = join(emscriptenDir, 'usr/share/emscripten');
  cpSync(join(repository, 'node_modules/acorn'), join(program, 'node_modules/acorn'), { recursive: true });
  const libraryPath = join(emscriptenDir, 'usr/lib', triple);
  const binaryenBin = join(emscriptenDir, 'binaryen/bin');
  for (const name of readdirSync(join(emscriptenDir, 'usr/bin')).filter((each) => each.startsWith('wasm'))) {
    // Debian 13's programs want a newer C library than Debian 12's: they run on the loader that came with them.
    const start = [join(libraryPath, loader), '--library-path', libraryPath, join(emscriptenDir, 'usr/bin', name)];
    writeScript(join(binaryenBin, name), `exec ${start.map(quote).join(' ')} "$@"`);
  }
  const llvmBin = join(emscriptenDir, 'llvm/bin');
  for (const name of [
    'clang',
    'clang++',
    'wasm-ld',
    'llvm-ar',
    'llvm-nm',
    'llvm-objcopy',
    'llvm-ranlib',
    'llvm-strip',
  ]) {
    writeWrapper(tools, llvmBin, name, join(toolsDir, 'usr/lib/llvm-19/bin', name));
  }
  const config = {
    LLVM_ROOT: llvmBin,
    BINARYEN_ROOT: join(emscriptenDir, 'binaryen'),
    NODE_JS: process.execPath,
    CACHE: join(program, 'cache'),
  };
  const lines = Object.entries(config).map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`);
  writeFileSync(join(emscriptenDir, 'em_config'), `${lines.join('')}FROZEN_CACHE = True\n`);
  const python = versionOf('python3') === null ? quote(join(binDir, 'python3')) : 'python3';
  const start = `EM_CONFIG=${quote(join(emscriptenDir, 'em_config'))} exec ${python} -E`;
  writeScript(join(binDir, 'em++'), `${start} ${quote(join(program, 'em++.py'))} "$@"`);
  await run(join(binDir, 'em++'), ['--version']);
  writeFileSync(join(cacheDir, 'emscripten.cmake'), 'set(HEADSTART_OWN_EMSCRIPTEN "")\n');
  apt.removeDownloads();
  stamp('emscripten', 'private 3', emscriptenFolders);
}

/** @param {OnProgress} onProgress */
function unpacking(onProgress) {
  return (/** @type {string} */ detail) => onProgress(`unpacking, ${detail}`);
}

/**
 * Debian's archive for the sources of XNNPACK, whose lists provideEmscripten has brought or are brought now.
 *
 * @param {Tools} tools
 */
export async function sourceArchive(tools) {
  if (!tools.debian) {
    return null;
  }
  const apt = new PrivateApt(tools.debian.release, EMSCRIPTEN_SUITE);
  await apt.update();
  return apt;
}
