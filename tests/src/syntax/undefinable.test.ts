import { describe, expect, it } from "vitest";
import { undefinable } from "../../../src/syntax/undefinable.js";
import { PARSERS, project, type ParserName } from "./support.js";

function answers(code: string, parser: ParserName = "oxc", files: Readonly<Record<string, string>> = {}): string {
  const { module, values, probes } = project(code, files, parser);
  return probes.map((node) => undefinable(node, module, values).answer).join(", ");
}

type Row = readonly [code: string, expected: string];

function table(name: string, rows: readonly Row[]): void {
  describe(name, () => {
    for (const parser of PARSERS) {
      it.each(rows)(`%s → %s (${parser})`, (code, expected) => {
        expect(answers(code, parser)).toBe(expected);
      });
    }
  });
}

table("what may be undefined", [
  ["function f(id?: string) { probe(id); }", "yes"],
  ["const f = (id?: string) => probe(id);", "yes"],
  ["function f(id: string | undefined) { probe(id); }", "yes"],
  ["type Id = string | undefined;\nfunction f(id: Id) { probe(id); }", "yes"],
  ["function f({ id }: { id?: string }) { probe(id); }", "yes"],
  ["function f({ id: key }: { id?: string }) { probe(key); }", "yes"],
  ["function f({ a: { id } }: { a: { id?: string } }) { probe(id); }", "yes"],
  ["function f({ id }: { id: string | undefined }) { probe(id); }", "yes"],
  ["interface In { id?: string }\nfunction f(input: In) { probe(input.id); }", "yes"],
  ["interface In { id?: string }\nfunction f({ id }: In) { probe(id); }", "yes"],
  ["interface Base { id?: string }\ninterface In extends Base { x: 1 }\nfunction f(input: In) { probe(input.id); }", "yes"],
  ["type In = { id?: string };\nfunction f(input: In) { const { id } = input; probe(id); }", "yes"],
  ["type In = { id?: string } & { x: 1 };\nfunction f(input: In) { probe(input.id); }", "yes"],
  ["function f(input: Partial<{ id: string }>) { probe(input.id); }", "yes"],
  ["class In { id?: string }\nfunction f(input: In) { probe(input.id); }", "yes"],
  ["function f(user) { probe(user?.id); }", "yes"],
  ["function f(user) { const id = user?.id; probe(id); }", "yes"],
  // What it was taken from is tested.
  ["function f(user) { const id = user?.id; if (user) probe(id); }", "no"],
  ["function f(user) { const id = user?.id; if (!user) return; probe(id); }", "no"],
  ["function f(user) { const id = user?.team?.id; if (user?.team) probe(id); }", "no"],
  ["function f(user) { const id = user?.team?.id; if (user) probe(id); }", "yes"],
  ["function f(user, other) { const id = user?.id; if (other) probe(id); }", "yes"],
  ["function f(user) { const id = user?.id; user = load(); if (user) probe(id); }", "yes"],
  ["function f(user) { probe(user?.a.b); }", "yes"],
  ["function f(user) { probe(user.get?.()); }", "yes"],
  ["function f(req) { probe(req.query.id); }", "yes"],
  ["function f(req) { const { id } = req.query; probe(id); }", "yes"],
  ["function f(req) { const id = req.query.id; probe(id); }", "yes"],
  ["function f(req) { probe(req.query.id as string); }", "yes"],
  ["probe(undefined, void 0);", "yes, yes"],
  ["function f(x) { probe(x ? 1 : undefined); }", "yes"],
  ["let id: string | undefined;\nprobe(id);", "yes"],
  ["function f(a?: string, b?: string) { probe(a ?? b); }", "yes"],
  ["function f(id?: string) { return () => probe(id); }", "yes"],
]);

table("what may not", [
  ["function f(id: string) { probe(id); }", "no"],
  ["function f(id = 1) { probe(id); }", "no"],
  ["function f({ id = 1 }: { id?: number }) { probe(id); }", "no"],
  ["function f({ id }: { id: string }) { probe(id); }", "no"],
  ["function f(id?: string) { probe(id!); }", "no"],
  ["function f(id?: string) { probe(id ?? 1); }", "no"],
  ["function f(id?: string) { probe(id || null); }", "no"],
  ["function f(user) { probe(user?.id ?? null); }", "no"],
  ["probe(1, 'a', `b`, [], {}, new Date(), a + b, -x, !x);", "no, no, no, no, no, no, no, no, no"],
  ["function f(id?: string) { probe(Number(id), String(id)); }", "no, no"],
  ["const id = 1;\nprobe(id);", "no"],
  ["function f(id: string | null) { probe(id); }", "no"],
  ["function f(req) { const { id = 1 } = req.query; probe(id); }", "no"],
]);

table("what is not known", [
  ["function f(id) { probe(id); }", "unknown"],
  ["function f(id: Id) { probe(id); }", "unknown"],
  ["function f(id: any) { probe(id); }", "unknown"],
  ["function f(req) { probe(req.params.id, req.body.id); }", "unknown, unknown"],
  ["probe(get());", "unknown"],
  ["async function f() { probe(await get()); }", "unknown"],
  ["import { id } from './a';\nprobe(id);", "unknown"],
  ["function f(x) { probe(x && 1); }", "unknown"],
  ["let id;\nid = get();\nprobe(id);", "unknown"],
  ["function f(list: string[]) { probe(list[0]); }", "unknown"],
]);

/** Each is put after `function f(id?: string, input?: { id?: string }, x) {`. */
const guard = (body: string): string => `function f(id?: string, input: { id?: string } = {}, x?: any) {\n${body}\n}`;

table(
  "guards",
  (
    [
      ["if (!id) return; probe(id);", "no"],
      ["if (!id) { return; } probe(id);", "no"],
      ["if (!id) throw new Error(); probe(id);", "no"],
      ["if (!id) { log(); throw new Error(); } probe(id);", "no"],
      ["if (id === undefined) return; probe(id);", "no"],
      ["if (id == null) return; probe(id);", "no"],
      ["if (null == id) return; probe(id);", "no"],
      ["if (typeof id === 'undefined') return; probe(id);", "no"],
      ["if (typeof id !== 'string') return; probe(id);", "no"],
      ["if (!id || x) return; probe(id);", "no"],
      ["if (x || !id) return; probe(id);", "no"],
      ["if (!(id && x)) return; probe(id);", "no"],
      ["if (id) probe(id);", "no"],
      ["if (id) { probe(id); }", "no"],
      ["if (x && id) { probe(id); }", "no"],
      ["if (id !== undefined) { probe(id); }", "no"],
      ["if (id != null) { if (x) { probe(id); } }", "no"],
      ["if (typeof id === 'string') { probe(id); }", "no"],
      ["if (!id) { log(); } else { probe(id); }", "no"],
      ["if (id === undefined) { return; } else { probe(id); }", "no"],
      ["if (!id) { a(); } else if (x) { probe(id); }", "no"],
      ["id && probe(id);", "no"],
      ["id ? probe(id) : other();", "no"],
      ["!id ? other() : probe(id);", "no"],
      ["!id || probe(id);", "no"],
      ["assert(id); probe(id);", "no"],
      ["invariant(id, 'x'); probe(id);", "no"],
      ["assert(id !== undefined); probe(id);", "no"],
      ["assert.ok(id); probe(id);", "no"],
      ["this.validateId(id); probe(id);", "no"],
      ["await checkId(id); probe(id);", "no"],
      ["const ok = checkId(id); probe(id);", "yes"],
      ["for (const y of x) { if (!id) continue; probe(id); }", "no"],
      ["for (const y of x) { if (!id) break; probe(id); }", "no"],
      ["while (id) { probe(id); }", "no"],
      ["if (!input.id) return; probe(input.id);", "no"],
      ["if (!input?.id) return; probe(input.id);", "no"],
      ["if (input.id) probe(input.id);", "no"],
      ["const key = input.id; if (!key) return; probe(key);", "no"],
      ["const { id: key } = input; if (!key) return; probe(key);", "no"],
      ["id ??= 'a'; probe(id);", "no"],
      ["if (!id) id = 'a'; probe(id);", "no"],
      ["if (!id) { id = 'a'; } probe(id);", "no"],
      ["switch (x) { case 1: if (!id) return; probe(id); }", "no"],
      ["try { if (!id) throw x; probe(id); } catch {}", "no"],
      ["if (!id) return; ids.map((y) => probe(id));", "no"],
      ["if (!isString(id)) return; probe(id);", "no"],
      ["if (!id) process.exit(1); probe(id);", "no"],
      ["if (id?.length) probe(id);", "no"],
      ["if (!x?.a) return; probe(x?.a);", "no"],
      // What guards nothing.
      ["if (!id) log(); probe(id);", "yes"],
      ["if (id) return; probe(id);", "yes"],
      ["if (id) { a(); } else { probe(id); }", "yes"],
      ["if (x) return; probe(id);", "yes"],
      ["if (id || x) probe(id);", "yes"],
      ["if (!id && x) return; probe(id);", "yes"],
      ["if (x) { if (!id) return; } probe(id);", "yes"],
      ["probe(id); if (!id) return;", "yes"],
      ["if (id === null) return; probe(id);", "yes"],
      ["if (!input.id) return; probe(id);", "yes"],
      ["for (const y of x) { if (!id) continue; } probe(id);", "yes"],
      ["function g(id) { if (!id) return; } probe(id);", "yes"],
      ["const g = () => { if (!id) return; }; probe(id);", "yes"],
      ["x || probe(id);", "yes"],
      ["if (id) { const id = input.id; probe(id); }", "yes"],
    ] as const
  ).map(([body, expected]): Row => [guard(body), expected]),
);

describe("after a guard", () => {
  it.each([
    "if (!id) return; id = undefined; probe(id);",
    "if (!id) return; id = input.id; probe(id);",
    "if (!id) return; if (x) id = undefined; probe(id);",
    "if (id) { id = undefined; probe(id); }",
  ])("another value is not proved: %s", (body) => {
    for (const parser of PARSERS) expect(answers(guard(body), parser)).not.toBe("no");
  });

  it("says nothing definite of what a closure may see later", () => {
    expect(answers(guard("if (!id) return; const g = () => probe(id); id = undefined; g();"))).not.toBe("no");
  });
});

describe("across modules", () => {
  it("follows an imported interface", () => {
    expect(answers("import type { In } from './in';\nfunction f(input: In) { probe(input.id); }", "oxc", { "src/in.ts": "export interface In { id?: string }" })).toBe("yes");
    expect(answers("import { In } from './in';\nfunction f({ id, name }: In) { probe(id, name); }", "oxc", { "src/in.ts": "type Opt = string | undefined;\nexport type In = { id: Opt; name: string };" })).toBe("yes, no");
  });
});

it("names the reason", () => {
  const { module, values, probes } = project("function f(id?: string, req, user) { probe(id, req.query.id, user?.id, undefined); }");
  expect(probes.map((node) => undefinable(node, module, values).why)).toEqual([
    "the parameter `id` is optional",
    "`req.query.id` comes from the query string of the request, which may lack it",
    "`user?.id` is undefined when the chain breaks off at `?.`",
    "the value is `undefined`",
  ]);
});
