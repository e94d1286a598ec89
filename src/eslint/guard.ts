/** What stands between a bug of this package and the lint it would take down. */

/** The project's own tests set this, so that a bug fails them loudly. */
function throwsOnFailure(): boolean {
  return process.env["QUERY_GUARD_THROW"] === "1";
}

/** Runs `work`. When it throws, `failed` gets the cause in a few words; under `QUERY_GUARD_THROW=1` the error goes on. */
export function guarded(work: () => void, failed: (cause: string) => void): void {
  try {
    work();
  } catch (error) {
    if (throwsOnFailure()) throw error;
    failed(shortCause(error));
  }
}

const LONGEST_CAUSE = 120;

/** The first line of an error's message, without a final period. */
export function shortCause(error: unknown): string {
  let text = "unknown error";
  try {
    text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    // Not even its message can be read.
  }
  const [line = ""] = text.trim().split(/[\r\n]/u);
  return (line.length > LONGEST_CAUSE ? `${line.slice(0, LONGEST_CAUSE)}…` : line).replace(/[.\s]+$/u, "");
}
