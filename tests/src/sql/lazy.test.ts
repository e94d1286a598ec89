import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";

const folder = new URL("../../../src/sql/", import.meta.url);

describe("start-up", () => {
  it("loads no parser with the module", () => {
    // In a process of its own: other tests have loaded them here.
    const script = `import { sqlCounters, looksLikeSql, readDdl } from ${JSON.stringify(new URL("index.ts", folder).href)};
      looksLikeSql("SELECT 1"); readDdl("CREATE TABLE t (a int)", "postgresql");
      process.stdout.write(JSON.stringify(sqlCounters()));`;
    const output = execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], { encoding: "utf8", cwd: new URL("../../..", import.meta.url) });
    expect(JSON.parse(output)).toEqual({ parses: 0, loads: 0, rebuilds: 0 });
  });

  it("imports no parser statically", () => {
    for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"))) {
      expect(readFileSync(new URL(file, folder), "utf8"), file).not.toMatch(/from "(?:libpg-query|@guanmingchiu|node-sql-parser)/u);
    }
  });
});
