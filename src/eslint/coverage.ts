/** The coverage figure: how many query sites of a run were understood, and why the rest were not. */
import fs from "node:fs";
import { isMainThread, threadId } from "node:worker_threads";
import type { Coverage } from "../analyze.js";

/** Counts per file, so that a file that is linted again replaces its former count. */
export class CoverageTally {
  readonly #files = new Map<string, Omit<Coverage, "withoutSchema"> & { readonly withoutSchema: number }>();
  readonly #problems = new Map<string, () => readonly string[]>();

  record(file: string, coverage: Coverage): void {
    if (coverage.sites === 0) this.#files.delete(file);
    else this.#files.set(file, { ...coverage, withoutSchema: coverage.withoutSchema?.() ?? 0 });
  }

  /** `problems` says at the end which schema files of a working directory could not be used. */
  watch(cwd: string, problems: () => readonly string[]): void {
    this.#problems.set(cwd, problems);
  }

  /** One sentence for each schema file that could not be used. */
  problems(): readonly string[] {
    return [...new Set([...this.#problems.values()].flatMap((problems) => problems()))];
  }

  /** The sum over all files, in words. */
  summary(): string {
    let sites = 0;
    let resolved = 0;
    let withoutSchema = 0;
    const opaque = new Map<string, number>();
    for (const coverage of this.#files.values()) {
      sites += coverage.sites;
      resolved += coverage.resolved;
      withoutSchema += coverage.withoutSchema;
      for (const [reason, number] of Object.entries(coverage.opaque)) opaque.set(reason, (opaque.get(reason) ?? 0) + number);
    }
    if (sites === 0) return "no query sites";
    const percent = Math.floor((100 * resolved) / sites);
    const reasons = [...opaque].filter(([, number]) => number > 0).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    const words = reasons.map(([reason, number]) => `${number} ${reason}`).join(", ");
    return `${sites} query sites, ${resolved} resolved (${percent} %), ${sites - resolved} opaque${words === "" ? "" : `: ${words}`}${withoutSchema === 0 ? "" : `; indexes not judged for ${withoutSchema}, whose tables no schema describes`}`;
  }
}

/** The tally of this thread; made by the first file that is linted with the switch on, printed when the thread ends. */
let tally: CoverageTally | undefined;

/**
 * Counts a file where the switch is on: `QUERY_GUARD_COVERAGE=1`, or the setting `coverage`. `problems` is asked at the end
 * for the schema files below `cwd` that could not be used.
 */
export function recordCoverage(file: string, coverage: Coverage, setting: boolean, cwd: string, problems: () => readonly string[]): void {
  if (!setting && process.env["QUERY_GUARD_COVERAGE"] !== "1") return;
  tally ??= printedAtExit(new CoverageTally());
  tally.record(file, coverage);
  tally.watch(cwd, problems);
}

function printedAtExit(counts: CoverageTally): CoverageTally {
  process.once("exit", () => {
    // ESLint's workers know only the files they were handed: each prints its own share.
    const share = isMainThread ? "" : ` (worker ${threadId}, its share of the files)`;
    try {
      // Not process.stderr: what a worker writes there while it ends is lost.
      fs.writeSync(2, `query-guard: ${counts.summary()}${share}\n`);
      for (const problem of counts.problems()) fs.writeSync(2, `query-guard: ${problem}\n`);
    } catch {
      // Nobody reads the other end any more.
    }
  });
  return counts;
}
