import { describe, expect, it } from "vitest";
import { chainOf, sendingOf } from "../../../src/syntax/chain.js";
import { callOf, parse, PARSERS, ROOT, type ParserName } from "./support.js";

/** The chain that begins with the call of `start`: steps (`?` when conditional), and what becomes of it. */
function shown(code: string, parser: ParserName = "oxc"): string {
  const module = parse(`${ROOT}/src/main.ts`, code, parser);
  const chain = chainOf(callOf(module, "start"), module);
  const steps = chain.steps.map(({ name, args, presence }) => `${name}(${args.map((argument) => module.text.slice(...argument.range)).join(", ")})${presence === "maybe" ? "?" : ""}`);
  const taker = chain.taker ? ` by ${module.text.slice(...chain.taker.callee.range)}` : "";
  return `${steps.join(".")} ${chain.fate}${taker}${chain.escapes ? ", escapes" : ""}`;
}

const inAsync = (body: string): string => `async function run(ids, extra) {\n${body}\n}`;

describe("chains of calls", () => {
  const rows: readonly (readonly [body: string, expected: string])[] = [
    // In one expression.
    ["await db.start();", "start() settled"],
    ["await db.start().where(a).limit(5);", "start().where(a).limit(5) settled"],
    ["await db\n  .start()\n  .where(a)!\n  .limit(5) as unknown;", "start().where(a).limit(5) settled"],
    ["await start().where(a);", "start().where(a) settled"],
    ["return db.start().where(a);", "start().where(a) settled"],
    ["const f = () => db.start().where(a);", "start().where(a) settled"],
    ["db.start().where(a);", "start().where(a) dropped"],
    ["void db.start().where(a);", "start().where(a) dropped"],
    ["db.start().where(a).then((rows) => use(rows));", "start().where(a) settled"],
    ["db.start().where(a).catch(log);", "start().where(a) settled"],
    ["await Promise.all([db.start().where(a), other]);", "start().where(a) settled"],
    ["await Promise.all(ids.map((id) => db.start().where(id)));", "start().where(id) settled"],
    ["await Promise.allSettled([db.start()]);", "start() settled"],
    ["const [a] = await Promise.all([db.start().where(a)]);", "start().where(a) settled"],
    ["const rows = (await db.start().where(a)).map(f);", "start().where(a) settled"],
    ["for await (const row of db.start()) use(row);", "start() settled"],
    ["yield_(db.start());", "start() argument by yield_"],
    ["run(db.start().where(a));", "start().where(a) argument by run"],
    ["await run(db.start().where(a));", "start().where(a) argument by run"],
    ["await (x ? db.start() : other);", "start() settled"],
    ["x && (await db.start());", "start() settled"],
    ["await (x || db.start());", "start() settled"],
    ["const q = { a: db.start() };", "start() unknown, escapes"],
    ["this.q = db.start();", "start() unknown, escapes"],
    ["q.a = db.start();", "start() unknown, escapes"],
    ["const { a } = db.start();", "start() unknown, escapes"],
    ["const sql = db.start().where(a).toSQL;", "start().where(a) unknown, escapes"],
    ["await db.start()[name]();", "start() unknown, escapes"],
    // Over statements.
    ["const q = db.start(); await q;", "start() settled"],
    ["const q = db.start().where(a); const rows = await q.limit(5);", "start().where(a).limit(5) settled"],
    ["const q = db.start(); const rows = await q.where(a).limit(5);", "start().where(a).limit(5) settled"],
    ["let q = db.start(); q = q.where(a); await q;", "start().where(a) settled"],
    ["let q = db.start(); if (x) q = q.where(a); await q;", "start().where(a)? settled"],
    ["let q = db.start(); if (x) { q = q.where(a); } else { q = q.where(b); } await q;", "start().where(a)?.where(b)? settled"],
    ["const q = db.start(); if (x) q.where(a); await q;", "start().where(a)? settled"],
    ["const q = db.start(); q.where(a); await q;", "start().where(a) settled"],
    ["const q = db.start(); x && q.where(a); await q;", "start().where(a)? settled"],
    ["let q = db.start(); for (const id of ids) q = q.where(id); await q;", "start().where(id)? settled"],
    ["let q = db.start(); switch (x) { case 1: q = q.where(a); } return q;", "start().where(a)? settled"],
    ["let q; q = db.start(); q = q.where(a); await q;", "start().where(a) settled"],
    ["const q = db.start(); const r = q.where(a); await r.limit(5);", "start().where(a).limit(5) settled"],
    ["const q = db.start(); return q;", "start() settled"],
    ["const q = db.start(); await Promise.all([q, other]);", "start() settled"],
    ["const q = db.start(); q.then(use);", "start() settled"],
    ["const q = db.start(); for (const row of await q) use(row);", "start() settled"],
    ["const q = db.start();", "start() dropped"],
    ["const q = db.start(); q.where(a);", "start().where(a) dropped"],
    ["const q = db.start(); await run(q);", "start() argument by run"],
    ["const q = db.start(); extra(q); await q;", "start() settled, escapes"],
    ["const q = db.start(); list.push(q);", "start() argument by list.push"],
    ["const q = db.start(); this.q = q;", "start() unknown, escapes"],
    ["const q = db.start(); return { q };", "start() unknown, escapes"],
    ["const q = db.start(); if (q) await q;", "start() settled"],
    ["let q = db.start(); q = other; await q;", "start() settled, escapes"],
    ["const q = db.start(); ids.forEach((id) => { q.where(id); }); await q;", "start().where(id)? settled"],
    ["const q = db.start(); const f = async () => { await q.where(a); };", "start().where(a)? settled"],
    // In a list of builders.
    ["const parts = ids.map((id) => db.start().where(id)); return await union(...parts);", "start().where(id) argument by union"],
    ["return await union(...ids.map((id) => db.start().where(id)));", "start().where(id) argument by union"],
    ["const parts = ids.map((id) => db.start()); return await union(parts[0], parts[1]);", "start() argument by union"],
    ["const parts = ids.map((id) => { return db.start(); }); await batch(parts);", "start() settled"],
    ["const work = []; work.push(...ids.map((id) => db.start())); await Promise.all(work);", "start() settled"],
    ["const q = db.start(); console.log(q); await q;", "start() settled"],
    ["const parts = ids.map((id) => db.start()); await Promise.all(parts);", "start() settled"],
    ["const parts = ids.map((id) => db.start()); await Promise.all([...parts, other]);", "start() settled"],
    ["const parts = ids.map((id) => db.start()); for (const part of parts) await part;", "start() settled"],
    ["const parts = ids.map(async (id) => db.start()); use(parts);", "start() settled"],
    ["ids.forEach((id) => db.start());", "start() settled"],
  ];
  for (const parser of PARSERS) {
    it.each(rows)(`%s (${parser})`, (body, expected) => {
      expect(shown(inAsync(body), parser)).toBe(expected);
    });
  }

  it("ends for a variable that is made of itself", () => {
    expect(shown("var a = db.start(); var b = a.x(); a = b; b = a; a = b.y();")).toContain("start()");
  });

  it("reads a long chain in no time", () => {
    const started = performance.now();
    expect(shown(`await db.start()${".where(a)".repeat(800)};`)).toMatch(/settled$/u);
    expect(shown(`let q = db.start();\n${"q = q.where(a);\n".repeat(800)}await q;`)).toMatch(/settled$/u);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("is sent when it is settled", () => {
    expect((["settled", "dropped", "argument", "unknown"] as const).map(sendingOf)).toEqual(["now", "built", "unknown", "unknown"]);
  });
});
