/** Machine names (`uname -m`) as the file names of the official tarballs have them. */

/** Those that are installed; the server has riscv64, mips and geode as well, which nothing here was tried with. */
const ARCHITECTURES: readonly (readonly [RegExp, string])[] = [
  [/^(x86_64|amd64)$/, "amd64"],
  [/^(aarch64|arm64)$/, "arm64"],
  [/^arm(v[5-8].*|hf|el)?$/, "arm"],
  [/^(i[3-6]86|x86)$/, "386"],
];

/** Pure: undefined for a machine that there is no tarball for. */
export function tarballArchitecture(machine: string): string | undefined {
  return ARCHITECTURES.find(([pattern]) => pattern.test(machine))?.[1];
}

/** For errors. */
export const KNOWN_ARCHITECTURES = ARCHITECTURES.map(([, name]) => name).join(", ");
