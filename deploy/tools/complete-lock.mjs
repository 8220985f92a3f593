/**
 * Completes package-lock.json with the platform packages that npm left out (`npm run lock`, after a dependency changed).
 * npm drops an optional package that the registry in use does not carry, and then `npm ci` refuses the lock it wrote itself.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readText, Refusal, ROOT, runTool, say } from "./project.mjs";

const LOCK = "package-lock.json";
const OS = /\b(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)\b/;
const CPU = /\b(arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|wasm32|x64)\b/;
const LIBC = /-(gnu|glibc|musl)/;

await runTool(() => {
  const lock = JSON.parse(readText(LOCK));
  const missing = Object.values(lock.packages).flatMap((owner) => missingFrom(lock, owner));
  if (missing.length === 0) return;
  for (const [path, entry] of missing) lock.packages[path] = entry;
  lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(join(ROOT, LOCK), `${JSON.stringify(lock, null, 2)}\n`);
  say(`${LOCK}: ${missing.length} platform packages added.`);
});

/** Entries for the exactly pinned optional packages of `owner` that the lock does not have. */
function missingFrom(lock, owner) {
  return Object.entries(owner.optionalDependencies ?? {})
    .map(([name, version]) => [`node_modules/${name}`, name, version])
    .filter(([path, , version]) => !(path in lock.packages) && /^\d/.test(version))
    .map(([path, name, version]) => [path, platformEntry(name, version, owner)]);
}

/** What npm would have written, without the integrity that only the registry knows; JSON leaves out what is undefined. */
function platformEntry(name, version, { dev, license, engines }) {
  const [os, cpu, libc] = [OS, CPU, LIBC].map((words) => words.exec(name)?.[1]);
  if (!os && !cpu) throw new Refusal(`${name} is missing from ${LOCK}, and its name tells no platform.`);
  return {
    version,
    cpu: cpu && [cpu],
    dev,
    libc: libc && [libc === "musl" ? "musl" : "glibc"],
    license,
    optional: true,
    os: os && [os],
    engines,
  };
}
