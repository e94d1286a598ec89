/** Versions of servers, as they name themselves. */

/** The leading numbers: `10.6.12-MariaDB` → 10, 6. */
export function versionOf(version: string | undefined): readonly [major: number, minor: number] | undefined {
  const found = /(\d+)(?:\.(\d+))?/u.exec(version ?? "");
  return found?.[1] === undefined ? undefined : [Number(found[1]), Number(found[2] ?? 0)];
}

/** Is the server certainly older? */
export function isBefore(version: string | undefined, major: number, minor: number): boolean {
  const found = versionOf(version);
  return found !== undefined && (found[0] < major || (found[0] === major && found[1] < minor));
}
