import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { canonical } from "../../../src/sql/compare.js";
import { readSql } from "../../../src/sql/index.js";
import { readingsOf } from "../../../src/sql/read.js";

interface Item {
  readonly sql: string;
  readonly dialect?: string;
  readonly accepted?: boolean;
  readonly driverLevel?: boolean;
}

const dialects = ["postgresql", "mysql", "sqlite"] as const;
type MeasuredDialect = (typeof dialects)[number];

function load(name: string): readonly Item[] {
  return JSON.parse(readFileSync(new URL(`./corpus/${name}.json`, import.meta.url), "utf8")) as Item[];
}

const application = load("application");

function applied(dialect: MeasuredDialect): readonly Item[] {
  return application.filter((item) => item.dialect === dialect && item.accepted === true && item.driverLevel === false);
}

/** Share of the statements that a grammar read, in percent. */
function share(items: readonly Item[], dialect: MeasuredDialect): number {
  const read = items.filter((item) => {
    const reading = readSql({ text: item.sql, holes: [] }, { dialect });
    return "statements" in reading && reading.statements.every((statement) => statement.certainty === "parsed");
  });
  return (100 * read.length) / items.length;
}

const goals: Readonly<Record<MeasuredDialect, readonly [emitted: number, application: number]>> = {
  postgresql: [100, 100],
  mysql: [98, 98],
  sqlite: [100, 98.9],
};

describe("share of the corpus that is read", () => {
  for (const dialect of dialects) {
    const [emitted, app] = goals[dialect];
    it(`${dialect}: at least ${String(emitted)} % of what query builders emit`, () => {
      expect(share(load(`emitted-${dialect}`), dialect)).toBeGreaterThanOrEqual(emitted);
    });
    it(`${dialect}: at least ${String(app)} % of what applications write`, () => {
      expect(share(applied(dialect), dialect)).toBeGreaterThanOrEqual(app);
    });
  }
});

/** Differences between two readers, each with its reason. In all of them the first reader is the one in use. */
const exceptions: Readonly<Record<MeasuredDialect, readonly string[]>> = {
  postgresql: [
    // sqlparser-rs takes ONLY for a table with an alias.
    'select * from only "users"',
    // sqlparser-rs drops LIMIT ALL, which says as much as no limit.
    "SELECT id FROM users LIMIT ALL",
    // As above.
    "SELECT * FROM ONLY parent WHERE id = 1",
    // Only libpg-query's tree names the trigger's table in one place for all kinds of DDL.
    "CREATE TRIGGER trg BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f()",
  ],
  mysql: [],
  sqlite: [],
};

describe("two readers that accept a statement read the same", () => {
  for (const dialect of dialects) {
    it(dialect, () => {
      const different: string[] = [];
      let both = 0;
      for (const item of [...load(`emitted-${dialect}`), ...applied(dialect)]) {
        const [first, second] = readingsOf({ text: item.sql, holes: [] }, { dialect });
        if (first === undefined || second === undefined) continue;
        both++;
        if (canonical(first) !== canonical(second)) different.push(item.sql);
      }
      expect(different).toEqual(exceptions[dialect]);
      expect(both).toBeGreaterThan(300);
    });
  }
});
