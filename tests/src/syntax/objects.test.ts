import { describe, expect, it } from "vitest";
import { readObject } from "../../../src/syntax/objects.js";
import { PARSERS, project, type ParserName } from "./support.js";

function shown(code: string, files: Readonly<Record<string, string>> = {}, parser: ParserName = "oxc"): string {
  const { module, values, probes } = project(code, files, parser);
  const [node] = probes;
  if (!node) throw new Error("nothing probed");
  const shape = readObject(node, module, values);
  const entries = shape.entries.map((entry) => `${entry.key}${entry.presence === "maybe" ? "?" : ""}: ${entry.module.text.slice(...entry.value.range)}`);
  return `{ ${entries.join(", ")} }${shape.open ? " open" : ""}${shape.absent === "no" ? "" : ` absent ${shape.absent}`}`;
}

describe("objects as the program assembles them", () => {
  const rows: readonly (readonly [code: string, expected: string, files?: Readonly<Record<string, string>>])[] = [
    ["probe({});", "{  }"],
    ["probe({ a: 1, 'b': 2, [`c`]: 3, 4: 5 });", "{ a: 1, b: 2, c: 3, 4: 5 }"],
    ["const k = 'a';\nprobe({ [k]: 1 });", "{ a: 1 }"],
    ["probe({ [k]: 1 });", "{  } open"],
    ['import { gt } from "toy";\nprobe({ [gt]: 1 });', "{ Symbol(gt): 1 }"],
    ["probe({ a, b() {} });", "{ a: a, b: () {} }"],
    ["probe({ a: 1 } as const);", "{ a: 1 }"],
    ["probe({ ...{ a: 1 }, b: 2 });", "{ a: 1, b: 2 }"],
    ["const o = { a: 1 };\nprobe({ ...o, b: 2 });", "{ a: 1, b: 2 }"],
    ["probe({ ...o, b: 2 });", "{ b: 2 } open"],
    ["function f(o) { probe({ ...o, b: 2 }); }", "{ b: 2 } open"],
    ["probe({ ...(x && { a: 1 }), b: 2 });", "{ a?: 1, b: 2 }"],
    ["probe({ ...(x ? { a: 1 } : {}), b: 2 });", "{ a?: 1, b: 2 }"],
    ["probe({ ...(x ? {} : { a: 1 }) });", "{ a?: 1 }"],
    ["probe({ ...(x ? { a: 1 } : { b: 2 }) });", "{ a?: 1, b?: 2 }"],
    ["probe({ ...(x ? { a: 1 } : undefined) });", "{ a?: 1 }"],
    ["probe({ ...(x ? { a: 1 } : null) });", "{ a?: 1 }"],
    ["probe({ ...(x && o) });", "{  } open"],
    ["const more = x ? { a: 1 } : {};\nprobe({ ...more });", "{ a?: 1 }"],
    ["probe(undefined);", "{  } absent always"],
    ["probe(null);", "{  } absent always"],
    ["probe(x ? { a: 1 } : undefined);", "{ a?: 1 } absent maybe"],
    ["probe(x && { a: 1 });", "{ a?: 1 } absent maybe"],
    ["const o = x ? { a: 1 } : undefined;\nprobe(o);", "{ a?: 1 } absent maybe"],
    ["probe(o ?? { a: 1 });", "{ a?: 1 } open"],
    ["let o;\nif (x) o = { a: 1 };\nprobe(o);", "{ a?: 1 } absent maybe"],
    ["let o;\no = { a: 1 };\nprobe(o);", "{ a: 1 }"],
    ["const o = {};\no.a = 1;\nprobe(o);", "{ a: 1 }"],
    ["const o: Where = {};\nif (x) o.a = 1;\nprobe(o);", "{ a?: 1 }"],
    ["const o = {};\nif (x) { o.a = 1; } else { o.b = 2; }\nprobe(o);", "{ a?: 1, b?: 2 }"],
    ["const o = {};\nx && (o.a = 1);\nprobe(o);", "{ a?: 1 }"],
    ["const o = {};\no['a'] = 1;\no[k] = 2;\nprobe(o);", "{ a: 1 } open"],
    ["const o = { a: 1 };\nprobe(o);\no.b = 2;", "{ a: 1 }"],
    ["const o = { a: 1 };\nfunction f() { o.b = 2; }\nprobe(o);", "{ a: 1 } open"],
    ["const o = { a: 1 };\nkeys.forEach((k) => { o[k] = 1; });\nprobe(o);", "{ a: 1 } open"],
    ["const o = { a: 1 };\nfor (const k of keys) o[k] = 1;\nprobe(o);", "{ a: 1 } open"],
    ["const o = { a: 1 };\ndelete o.a;\nprobe(o);", "{ a: 1 } open"],
    ["const o = { AND: [] };\no.AND.push(1);\nprobe(o);", "{ AND: [] } open"],
    ["const o = { a: {} };\no.a.gte = 1;\nprobe(o);", "{ a: {} } open"],
    ["const o = {};\nObject.assign(o, { a: 1 });\nprobe(o);", "{ a: 1 }"],
    ["const o = {};\nObject.assign(o, x ? { a: 1 } : {});\nprobe(o);", "{ a?: 1 }"],
    ["const o = {};\nif (x) Object.assign(o, { a: 1 });\nprobe(o);", "{ a?: 1 }"],
    ["const o = {};\nObject.assign(o, more);\nprobe(o);", "{  } open"],
    ["let o = { a: 1 };\no = { b: 2 };\nprobe(o);", "{ b: 2 }"],
    ["let o = { a: 1 };\nif (x) o = { b: 2 };\nprobe(o);", "{ a?: 1, b?: 2 }"],
    ["let o = { a: 1 };\no = { ...o, b: 2 };\nprobe(o);", "{ a: 1, b: 2 }"],
    ["let o = { a: 1 };\nif (x) o = { ...o, b: 2 };\nprobe(o);", "{ a: 1, b?: 2 }"],
    ["const o = { a: 1 };\nconst p = o;\nprobe(p);", "{ a: 1 }"],
    ["const o = { a: 1 };\nconst p = o;\np.b = 2;\nprobe(o);", "{ a: 1 } open"],
    ["const o = { a: 1 };\naddFilters(o);\nprobe(o);", "{ a: 1 } open"],
    ["const o = { where: { a: 1 } };\nprobe(o.where);", "{ a: 1 }"],
    ["const build = () => ({ a: 1 });\nprobe(build());", "{ a: 1 }"],
    ["function build(x) { if (x) return { a: 1 }; return { b: 2 }; }\nprobe(build());", "{ a?: 1, b?: 2 }"],
    ["function build(x) { const w = {}; if (x) w.a = 1; return w; }\nprobe(build(1));", "{ a?: 1 }"],
    ["async function build() { return { a: 1 }; }\nasync function f() { probe(await build()); }", "{ a: 1 }"],
    ["import { o } from './o';\nprobe(o);", "{ a: 1 }", { "src/o.ts": "export const o = { a: 1 };" }],
    ["import { o } from './o';\nprobe({ ...o, b: 2 });", "{ a: 1, b: 2 }", { "src/o.ts": "export const o = { a: 1 };" }],
    ["import { build } from './o';\nprobe(build());", "{ a: 1 }", { "src/o.ts": "export function build() { return { a: 1 }; }" }],
    ["import { o } from './gone';\nprobe(o);", "{  } open"],
    ["function f(o) { probe(o); }", "{  } open"],
    ["function f(o = {}) { probe(o); }", "{  } open"],
    ["probe(Object.freeze({ a: 1 }));", "{ a: 1 }"],
    ["probe(get());", "{  } open"],
    ["var o = { ...o };\nprobe(o);", "{  } open"],
  ];
  for (const parser of PARSERS) {
    it.each(rows.map(([code, expected, files]) => ({ code, expected, files: files ?? {} })))(`$code → $expected (${parser})`, ({ code, expected, files }) => {
      expect(shown(code, files, parser)).toBe(expected);
    });
  }

  it("reads big objects in no time", () => {
    const started = performance.now();
    shown(`probe({ ${Array.from({ length: 5_000 }, (_, index) => `...(x${index} && { a${index}: 1 })`).join(", ")} });`);
    shown(`probe({ ${Array.from({ length: 2_000 }, (_, index) => `...(x${index} ? { a${index}: 1 } : { b${index}: 1 })`).join(", ")} });`);
    shown(`const o = {};\n${Array.from({ length: 3_000 }, (_, index) => `if (x) o.a${index} = 1;`).join("\n")}\nprobe(o);`);
    shown(`const o = {};\n${Array.from({ length: 400 }, () => "Object.assign(o, { ...o });").join("\n")}\nprobe(o);`);
    shown(`const a0 = { x: 1 };\n${Array.from({ length: 30 }, (_, index) => `const a${index + 1} = { ...a${index}, ...a${index} };`).join("\n")}\nprobe(a30);`);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
