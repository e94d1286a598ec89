import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { spawnSync } from "node:child_process";
import { relative, sep } from "node:path";
import { ESLint } from "eslint";
import { beforeAll, describe, expect, it } from "vitest";

interface Expected {
  readonly file: string;
  /** The code that the report stands on or in; it occurs once in the file. */
  readonly code: string;
  readonly rule: string;
  readonly why: string;
}

interface Report {
  readonly file: string;
  readonly rule: string | null;
  readonly first: number;
  readonly last: number;
  readonly message: string;
}

const home = fileURLToPath(new URL("../../examples/inventory/", import.meta.url));
const expected = JSON.parse(readFileSync(`${home}expected-findings.json`, "utf8")) as Expected[];

function linesOf(finding: Expected): readonly [first: number, last: number] {
  const text = readFileSync(`${home}${finding.file}`, "utf8");
  const at = text.indexOf(finding.code);
  if (at < 0 || text.includes(finding.code, at + 1)) throw new Error(`Not exactly once in ${finding.file}: ${finding.code}`);
  const first = text.slice(0, at).split("\n").length;
  return [first, first + finding.code.split("\n").length - 1];
}

function covers(report: Report, finding: Expected): boolean {
  if (report.file !== finding.file || report.rule !== finding.rule) return false;
  const [first, last] = linesOf(finding);
  return report.first <= last && first <= report.last;
}

function describeReport(report: Report): string {
  return `${report.file}:${report.first} ${report.rule ?? "fatal"}: ${report.message}`;
}

describe("the recommended preset on the inventory service", () => {
  let reports: Report[] = [];

  beforeAll(async () => {
    const results = await new ESLint({ cwd: home }).lintFiles(["src"]);
    reports = results.flatMap((result) =>
      result.messages.map((message) => ({
        file: relative(home, result.filePath).split(sep).join("/"),
        rule: message.ruleId,
        first: message.line,
        last: message.endLine ?? message.line,
        message: message.message,
      })),
    );
  }, 120_000);

  it("reports every expected finding", () => {
    const missing = expected.filter((finding) => !reports.some((report) => covers(report, finding)));
    expect(missing.map((finding) => `${finding.file}: ${finding.rule}: ${finding.code}`)).toEqual([]);
  });

  it("reports nothing else", () => {
    const others = reports.filter((report) => !expected.some((finding) => covers(report, finding)));
    expect(others.map(describeReport)).toEqual([]);
    expect(reports).toHaveLength(expected.length);
  });

  it("reports the culprit of the outage and is silent on its correction", () => {
    const rulesOf = (file: string): (string | null)[] =>
      reports.filter((report) => report.file === file).map((report) => report.rule).sort();
    expect(rulesOf("src/reports/low-stock.incident.ts")).toEqual([
      "query-guard/no-n-plus-one",
      "query-guard/no-n-plus-one",
      "query-guard/no-unbounded-select",
      "query-guard/no-unindexed-filter",
    ]);
    expect(rulesOf("src/reports/low-stock.ts")).toEqual([]);
  });
});

describe("the demo", () => {
  it("prints the findings and the coverage, and succeeds", () => {
    const demo = spawnSync(process.execPath, ["demo.mjs"], { cwd: home, encoding: "utf8" });
    const output = demo.stdout + demo.stderr;
    expect(output).toContain("low-stock.incident.ts");
    expect(output).toContain("query-guard/no-unindexed-filter");
    expect(output).toMatch(/query-guard: \d+ query sites, \d+ resolved/);
    expect(demo.status).toBe(0);
  }, 120_000);
});
