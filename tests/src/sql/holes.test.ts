import { describe, expect, it } from "vitest";
import type { Dialect } from "../../../src/query/model.js";
import { readSql } from "../../../src/sql/index.js";
import { cut, holed, holedStatement, readHoled, statement } from "./support.js";

const dialects: readonly Dialect[] = ["postgresql", "mysql", "sqlite"];

describe("value holes", () => {
  for (const dialect of dialects) {
    it(`reach the operands and the limit in ${dialect}`, () => {
      const text = "SELECT * FROM users WHERE id = ${value:id} AND org IN (${list:orgs}) LIMIT ${value:n} OFFSET ${scalar:o}";
      expect(holedStatement(text, dialect)).toMatchObject({
        where: { op: "and", items: [{ operand: { kind: "parameter", value: { type: "id" } } }, { op: "in", values: { kind: "array", operand: { value: { type: "orgs" } } } }] },
        limit: { kind: "parameter", value: { type: "n" } }, offset: { kind: "parameter", value: { type: "o" } },
      });
    });
  }

  it("keep their positions, however short or long they are", () => {
    for (const hole of ["", "x", "${a very long expression, longer than any stand-in}"]) {
      const lead = "SELECT * FROM users WHERE id = ";
      const text = `${lead}${hole} AND name = 'x'`;
      const reading = readSql({ text, holes: [{ kind: "value", span: { start: lead.length, end: lead.length + hole.length } }] }, { dialect: "postgresql" });
      const where = "statements" in reading ? reading.statements[0]?.where : undefined;
      if (where?.op !== "and" || where.items[0]?.op !== "compare" || where.items[1]?.op !== "compare") throw new Error(JSON.stringify(reading));
      expect(cut(text, where.items[0].span)).toBe(`id = ${hole}`);
      expect(cut(text, where.items[1].span)).toBe("name = 'x'");
      expect(cut(text, where.items[1].column.span)).toBe("name");
    }
  });

  it("are bound per call site though the parse is shared", () => {
    const first = holed("SELECT * FROM t WHERE id = ${value:first}");
    const again = { ...first, holes: first.holes.map((hole) => ({ ...hole, value: { type: "second", range: [0, 1] as const } })) };
    expect(readSql(first, { dialect: "sqlite" })).toMatchObject({ statements: [{ where: { operand: { value: { type: "first" } } } }] });
    expect(readSql(again, { dialect: "sqlite" })).toMatchObject({ statements: [{ where: { operand: { value: { type: "second" } } } }] });
  });

  it("know the length of a list", () => {
    const sql = holed("SELECT * FROM t WHERE id IN (${list:ids})");
    const [hole] = sql.holes;
    if (hole === undefined) throw new Error("no hole");
    expect(readSql({ ...sql, holes: [{ ...hole, items: 3 }] }, { dialect: "mysql" })).toMatchObject({ statements: [{ where: { values: { kind: "array", items: 3 } } }] });
  });

  it("pass on that a value may be undefined", () => {
    const sql = holed("SELECT * FROM t WHERE id = ${value} LIMIT ${value}");
    const undefinable = { answer: "yes", why: "`id` is optional" } as const;
    expect(readSql({ ...sql, holes: sql.holes.map((hole) => ({ ...hole, undefinable })) }, { dialect: "postgresql" })).toMatchObject({
      statements: [{ where: { operand: { undefinable } }, limit: { undefinable } }],
    });
  });

  it("stand for rows and assignments where a driver's helper does", () => {
    expect(holedStatement("INSERT INTO users ${list:rows}")).toMatchObject({ kind: "insert", rows: "unknown", certainty: "parsed" });
    expect(holedStatement("INSERT INTO users (a, b) VALUES ${list:rows} RETURNING id")).toMatchObject({ rows: "unknown", returning: true });
    expect(holedStatement("UPDATE users SET ${list:changes} WHERE id = ${value:id}")).toMatchObject({ kind: "update", where: { op: "compare" } });
    expect(holedStatement("SELECT * FROM t WHERE id IN ${list:ids}")).toMatchObject({ where: { op: "in", values: { kind: "array" } } });
  });
});

describe("identifier holes", () => {
  it("make the table dynamic", () => {
    for (const text of ["SELECT * FROM ${identifier} WHERE id = 1", 'SELECT * FROM "${text}" WHERE id = 1', "SELECT * FROM users_${text} WHERE id = 1", "SELECT * FROM ${text}.users WHERE id = 1"]) {
      expect(holedStatement(text).sources, text).toMatchObject([{ kind: "table", table: { dynamic: true } }]);
    }
    expect(holedStatement("DELETE FROM ${text}", "mysql")).toMatchObject({ target: { dynamic: true }, where: { op: "constant", value: true, written: false } });
  });

  it("make a condition opaque that certainly is one", () => {
    expect(holedStatement("SELECT * FROM t WHERE ${identifier} = ${value}").where).toMatchObject({ op: "opaque", restricts: "yes" });
  });
});

describe("text holes", () => {
  const unknown = { op: "opaque", restricts: "unknown" };
  const maybe = { kind: "maybe", proved: "unknown" };

  for (const dialect of dialects) {
    it(`behind FROM may hold a WHERE and a LIMIT in ${dialect}`, () => {
      expect(holedStatement("SELECT * FROM users ${text}", dialect)).toMatchObject({ where: unknown, limit: maybe });
      expect(holedStatement("DELETE FROM users ${text}", dialect)).toMatchObject({ where: unknown });
    });
    it(`before ORDER BY or WHERE hold no LIMIT in ${dialect}`, () => {
      const ordered = holedStatement("SELECT * FROM users ${text} ORDER BY id", dialect);
      expect(ordered.where).toMatchObject(unknown);
      expect(ordered.limit).toBeUndefined();
      const filtered = holedStatement("SELECT * FROM users ${text} WHERE a = 1", dialect);
      expect(filtered.where).toMatchObject({ op: "compare" });
      expect(filtered.limit).toBeUndefined();
    });
    it(`in WHERE add a conjunct in ${dialect}`, () => {
      expect(holedStatement("SELECT * FROM users WHERE a = 1 ${text}", dialect)).toMatchObject({ where: { op: "and", items: [{ op: "compare" }, unknown] }, limit: maybe });
      expect(holedStatement("SELECT * FROM users WHERE ${text}", dialect)).toMatchObject({ where: unknown });
      const conjunct = holedStatement("SELECT * FROM users WHERE ${text} AND a = 1", dialect);
      expect(conjunct.where).toMatchObject({ op: "and", items: [unknown, { op: "compare" }] });
      expect(conjunct.limit).toBeUndefined();
      expect(holedStatement("SELECT * FROM users WHERE (a = 1 ${text}) AND b = 2", dialect).limit).toBeUndefined();
    });
    it(`keep a limit that is written in ${dialect}`, () => {
      expect(holedStatement("SELECT * FROM users ${text} LIMIT 5", dialect).limit).toMatchObject({ kind: "number", value: 5 });
    });
    it(`are values where a value stands in ${dialect}`, () => {
      const read = holedStatement("UPDATE users SET name = '${text:n}' WHERE id = ${text:id}", dialect);
      expect(read.where).toMatchObject({ op: "compare", operand: { kind: "parameter", value: { type: "id" } } });
      expect(read.assignments).toMatchObject([{ operand: { kind: "parameter", value: { type: "n" } } }]);
    });
  }

  it("in the select list change no rows, but may count them", () => {
    expect(holedStatement("SELECT ${text} FROM users WHERE a = 1")).toMatchObject({ where: { op: "compare" }, projection: { aggregate: "unknown" } });
  });
  it("at the end of ORDER BY may hold a LIMIT", () => {
    expect(holedStatement("SELECT * FROM users ORDER BY ${text}").limit).toMatchObject(maybe);
    expect(holedStatement("SELECT * FROM users ORDER BY id ${text}").limit).toMatchObject(maybe);
  });
  it("belong to the query they stand in", () => {
    const outer = holedStatement("SELECT * FROM a WHERE x IN (SELECT id FROM b ${text})");
    expect(outer.limit).toBeUndefined();
    expect(outer.where).toMatchObject({ op: "in", values: { statement: { where: unknown } } });
    const union = holedStatement("SELECT * FROM a UNION ALL SELECT * FROM b ${text}");
    expect(union.limit).toMatchObject(maybe);
    expect(union.branches?.[0]?.limit).toBeUndefined();
    expect(union.branches?.[0]?.where).toMatchObject({ op: "constant" });
    expect(union.branches?.[1]?.where).toMatchObject(unknown);
  });
  it("in a pattern leave its beginning known", () => {
    expect(holedStatement("SELECT * FROM t WHERE a LIKE '%${text:q}%'").where).toMatchObject({ op: "like", prefix: "" });
    const where = holedStatement("SELECT * FROM t WHERE a LIKE 'ab${text:q}%'").where;
    expect(where).toMatchObject({ op: "like" });
    expect(where.op === "like" && where.prefix).toBeUndefined();
  });
  it("in the place of an operator leave a condition", () => {
    expect(holedStatement("SELECT * FROM t WHERE a ${text} 5").where).toMatchObject({ op: "opaque", restricts: "yes" });
  });
  it("that hold the statement's beginning leave nothing to read", () => {
    expect(readHoled("${text} WHERE a = 1")).toMatchObject({ opaque: "dynamic-text" });
  });
  it("in a comment do nothing", () => {
    expect(holedStatement("SELECT * FROM t WHERE a = 1 /* ${text} */ LIMIT 1")).toMatchObject({ where: { op: "compare" }, limit: { value: 1 } });
    expect(holedStatement("SELECT * FROM t -- ${text}\nWHERE a = 1")).toMatchObject({ where: { op: "compare" } });
  });
});

describe("holes that hold the branches of a CASE", () => {
  it.each(dialects)("leave the filter as it is in %s", (dialect) => {
    for (const text of [
      "UPDATE stock SET qty = CASE id ${text:cases} ELSE qty END WHERE id IN (1, 2)",
      "UPDATE stock SET qty = CASE ${text:cases} END, at = 1 WHERE id IN (1, 2)",
      "UPDATE stock SET qty = (CASE WHEN a THEN (CASE b ${text:cases} ELSE 3 END) ELSE 4 END) WHERE id IN (1, 2)",
    ]) {
      expect(holedStatement(text, dialect)).toMatchObject({ kind: "update", certainty: "parsed", where: { op: "in" }, assignments: [{ column: { name: "qty" } }, ...(text.includes("at") ? [{}] : [])] });
    }
    expect(holedStatement("UPDATE stock SET qty = CASE id ${text:cases} ELSE qty END", dialect).where).toMatchObject({ op: "constant", written: false });
    expect(holedStatement("SELECT * FROM t WHERE a = 1 ORDER BY CASE id ${text:cases} END", dialect)).toMatchObject({ where: { op: "compare" }, orderBy: [{}] });
  });
});

describe("placeholders", () => {
  it("of every dialect and driver are values", () => {
    const cases: readonly (readonly [string, Dialect | "unknown"])[] = [
      ["SELECT * FROM t WHERE a = $1", "postgresql"], ["SELECT * FROM t WHERE a = ?", "postgresql"], ["SELECT * FROM t WHERE a = :a", "postgresql"], ["SELECT * FROM t WHERE a = @a", "postgresql"],
      ["SELECT * FROM t WHERE a = ?", "mysql"], ["SELECT * FROM t WHERE a = :a", "mysql"], ["SELECT * FROM t WHERE a = $1", "mysql"],
      ["SELECT * FROM t WHERE a = ?", "sqlite"], ["SELECT * FROM t WHERE a = ?1", "sqlite"], ["SELECT * FROM t WHERE a = :a", "sqlite"], ["SELECT * FROM t WHERE a = @a", "sqlite"], ["SELECT * FROM t WHERE a = $a", "sqlite"],
      ["SELECT * FROM t WHERE a = @a", "sqlserver"], ["SELECT * FROM t WHERE a = @a", "bigquery"], ["SELECT * FROM t WHERE a = :1", "snowflake"], ["SELECT * FROM t WHERE a = ?", "unknown"],
    ];
    for (const [text, dialect] of cases) {
      const where = statement(text, dialect).where;
      expect(where, `${text} ${dialect}`).toMatchObject({ op: "compare", operand: { kind: "parameter" } });
      if (where.op === "compare" && where.operand.kind === "parameter") expect(cut(text, where.operand.span)).toBe(text.slice(26));
    }
  });

  it("are numbered and named", () => {
    expect(statement("SELECT * FROM t WHERE a = $2 AND b = $1").where).toMatchObject({ items: [{ operand: { placeholder: 2 } }, { operand: { placeholder: 1 } }] });
    expect(statement("SELECT * FROM t WHERE a = ? AND b = ?", "mysql").where).toMatchObject({ items: [{ operand: { placeholder: 1 } }, { operand: { placeholder: 2 } }] });
    expect(statement("SELECT * FROM t WHERE a = :name", "sqlite").where).toMatchObject({ operand: { placeholder: "name" } });
  });

  it("leave the operators of jsonb alone", () => {
    expect(statement("SELECT * FROM t WHERE data ? 'key' AND a = $1").where).toMatchObject({ op: "and", items: [{ op: "operator", operator: "?" }, { op: "compare" }] });
    expect(statement(String.raw`SELECT * FROM t WHERE data \? ? AND a = ?`, "postgresql", { question: true }).where).toMatchObject({ op: "and", items: [{ op: "operator", operator: "?" }, { op: "compare" }] });
  });

  it("that a driver expands are arrays", () => {
    expect(statement("SELECT * FROM t WHERE id IN (?)", "mysql").where).toMatchObject({ values: { kind: "array" } });
    expect(statement("SELECT * FROM t WHERE id IN (:ids)", "postgresql", { named: [":"] }).where).toMatchObject({ values: { kind: "array" } });
    expect(statement("SELECT * FROM t WHERE id IN (?, ?)", "mysql").where).toMatchObject({ values: { kind: "list" } });
    expect(statement("SELECT * FROM t WHERE id IN ($1)").where).toMatchObject({ values: { kind: "list" } });
    expect(statement("SELECT * FROM t WHERE id IN (?)", "sqlite").where).toMatchObject({ values: { kind: "list" } });
    expect(statement("INSERT INTO t (a, b) VALUES ?", "mysql")).toMatchObject({ rows: "many" });
  });

  it("of names make names dynamic", () => {
    expect(statement("SELECT * FROM ?? WHERE ?? = ?", "mysql")).toMatchObject({ sources: [{ table: { dynamic: true } }], where: { op: "opaque", restricts: "yes" } });
  });
});
