import { describe, expect, it } from "vitest";
import { foldText, type FoldedText } from "../../../src/syntax/text.js";
import { PARSERS, project, type ParserName, type Project } from "./support.js";

type Files = Readonly<Record<string, string>>;

function fold(code: string, files: Files = {}, parser: ParserName = "oxc"): { readonly folded: FoldedText | undefined; readonly project: Project } {
  const made = project(code, files, parser);
  const [node] = made.probes;
  if (!node) throw new Error("nothing probed");
  return { folded: foldText(node, made.module, made.values), project: made };
}

/** The text with holes as `‹kind expression›` and optional pieces in brackets. */
function shown({ folded, project: { module } }: ReturnType<typeof fold>): string | undefined {
  if (!folded) return undefined;
  const marks: { readonly at: number; readonly order: number; readonly text: string; readonly skip?: number }[] = [];
  for (const hole of folded.holes) marks.push({ at: hole.span.start, order: 2, text: `‹${hole.kind} ${hole.module === module ? module.text.slice(...hole.expression.range) : "elsewhere"}›`, skip: hole.span.end - hole.span.start });
  for (const piece of folded.optional) marks.push({ at: piece.start, order: 1, text: "[" }, { at: piece.end, order: 0, text: "]" });
  marks.sort((a, b) => a.at - b.at || a.order - b.order);
  let out = "";
  let at = 0;
  for (const mark of marks) {
    out += folded.text.slice(at, mark.at) + mark.text;
    at = mark.at + (mark.skip ?? 0);
  }
  return out + folded.text.slice(at);
}

describe("what text an expression is", () => {
  const rows: readonly (readonly [about: string, code: string, expected: string | undefined, files?: Files])[] = [
    ["a literal", 'probe("SELECT 1");', "SELECT 1"],
    ["a template", "probe(`SELECT 1`);", "SELECT 1"],
    ["parentheses and casts", 'probe(("SELECT 1" as string)!);', "SELECT 1"],
    ["a hole", "probe(`SELECT ${x}`);", "SELECT ‹text x›"],
    ["a call in a hole", "probe(`SELECT ${f(x)}`);", "SELECT ‹text f(x)›"],
    ["a number in a hole", "probe(`LIMIT ${10}`);", "LIMIT 10"],
    ["a boolean in a hole", "probe(`x = ${true}`);", "x = true"],
    ["a constant number in a hole", "const n = 10;\nprobe(`LIMIT ${n}`);", "LIMIT 10"],
    ["a number made of unknowns", "probe(`LIMIT ${Number(n)} OFFSET ${page * 10} ${list.length}`);", "LIMIT ‹scalar Number(n)› OFFSET ‹scalar page * 10› ‹scalar list.length›"],
    ["concatenation", 'probe("SELECT " + "a" + " FROM t");', "SELECT a FROM t"],
    ["concatenation with holes", 'probe("SELECT " + x + " FROM t");', "SELECT ‹text x› FROM t"],
    ["concatenation to the right", 'probe("SELECT " + ("a" + " FROM t"));', "SELECT a FROM t"],
    ["concatenation of numbers is none", "probe(1 + 2);", undefined],
    ["a template in a template", "probe(`SELECT ${`a, ${`b`}`} FROM t`);", "SELECT a, b FROM t"],
    ["a constant", 'const T = "t";\nprobe(`SELECT * FROM ${T}`);', "SELECT * FROM t"],
    ["a constant of a constant", 'const A = "a";\nconst T = A + "_t";\nprobe(`SELECT * FROM ${T}`);', "SELECT * FROM a_t"],
    ["a constant of an object", 'const T = { users: "t" } as const;\nprobe(`SELECT * FROM ${T.users}`);', "SELECT * FROM t"],
    ["a constant of another module", 'import { T } from "./t";\nprobe(`SELECT * FROM ${T}`);', "SELECT * FROM t", { "src/t.ts": 'export const T = "t";' }],
    ["the whole from another module", 'import { Q } from "./t";\nprobe(Q);', "SELECT 1", { "src/t.ts": 'export const Q = "SELECT 1";' }],
    ["a template of another module", 'import { Q } from "./t";\nprobe(Q);', "SELECT 1", { "src/t.ts": "export const Q = `SELECT 1`;" }],
    ["concatenation of another module", 'import { Q } from "./t";\nprobe(Q);', "SELECT a FROM t", { "src/t.ts": 'export const Q = "SELECT a " + "FROM t";' }],
    ["a template with a constant of another module", 'import { Q } from "./t";\nprobe(Q);', "SELECT a FROM t", { "src/t.ts": 'const T = "t";\nexport const Q = `SELECT a FROM ${T}`;' }],
    ["queries of an object of another module", 'import { queries } from "./t";\nprobe(queries.all);', "SELECT a FROM t", { "src/t.ts": "export const queries = { all: `SELECT a FROM t` };" }],
    ["queries of an object, concatenated", 'const queries = { all: "SELECT a " + "FROM t" };\nprobe(queries.all);', "SELECT a FROM t"],
    ["a static field", 'class A { static sql = "SELECT 1"; }\nprobe(A.sql);', "SELECT 1"],
    ["a field of this", 'class A { private sql = "SELECT 1"; f() { probe(this.sql); } }', "SELECT 1"],
    ["join", 'probe(["SELECT a", "FROM t"].join(" "));', "SELECT a FROM t"],
    ["join with its own comma", 'probe("SELECT " + ["a", "b"].join());', "SELECT a,b"],
    ["join with a hole", 'probe(["SELECT a", x].join("\\n"));', "SELECT a\n‹text x›"],
    ["join of a variable", 'const parts = ["a = 1", "b = 2"];\nprobe(`WHERE ${parts.join(" AND ")}`);', "WHERE a = 1 AND b = 2"],
    ["join of pushed conditions", 'const parts = ["a = 1"];\nif (x) parts.push("b = 2");\nprobe(`WHERE ${parts.join(" AND ")}`);', "WHERE a = 1[ AND b = 2]"],
    ["join of pushed columns", 'const parts = ["a"];\nif (x) parts.push("b");\nprobe(`SELECT ${parts.join(", ")}`);', 'SELECT a[, b]'],
    ["join of pushed rows", 'const parts = ["(1)"];\nif (x) parts.push("(2)");\nprobe(`VALUES ${parts.join(", ")}`);', 'VALUES (1), ‹text "(2)"›'],
    ["a field that changes", 'class A { sql = "SELECT 1"; add(w: string) { this.sql += w; } f() { probe(this.sql); } }', undefined],
    ["a field that changes, in a template", 'class A { where = ""; add(w: string) { this.where = w; } f() { probe(`DELETE FROM t ${this.where}`); } }', "DELETE FROM t ‹text this.where›"],
    ["a property that changes", 'const q = { where: "" };\nif (x) q.where = "WHERE a";\nprobe(`DELETE FROM t ${q.where}`);', "DELETE FROM t ‹text q.where›"],
    ["a choice in another module", 'import { Q } from "./t";\nprobe(Q);', undefined, { "src/t.ts": "export const Q = a ? `SELECT ${b}` : `SELECT ${c}`;" }],
    ["a variable of another module", 'import { Q } from "./t";\nprobe(Q);', undefined, { "src/t.ts": 'export let Q = "SELECT 1" + x;\nif (y) Q = "SELECT 2";' }],
    ["join of an empty list", 'const parts: string[] = [];\nprobe(`WHERE ${parts.join(" AND ")}`);', 'WHERE ‹text parts.join(" AND ")›'],
    ["join of a filtered list", 'probe(["a = 1", x && "b = 2"].filter(Boolean).join(" AND "));', 'a = 1[ AND b = 2]'],
    ["join of a spread condition", 'probe(["a = 1", ...(x ? ["b = 2"] : [])].join(" AND "));', "a = 1[ AND b = 2]"],
    ["join of a mapped list", 'probe(`IN (${ids.map((id) => "?").join(", ")})`);', 'IN (‹text ids.map((id) => "?").join(", ")›)'],
    ["trim", "probe(`\n SELECT 1 `.trim());", "\n SELECT 1 "],
    ["concat", 'probe("SELECT ".concat("a", x));', "SELECT a‹text x›"],
    ["+=", 'let q = "SELECT 1";\nq += " LIMIT 1";\nprobe(q);', "SELECT 1 LIMIT 1"],
    ["+= under a condition", 'let q = "SELECT 1";\nif (x) q += " LIMIT 1";\nprobe(q);', "SELECT 1[ LIMIT 1]"],
    ["+= under && ", 'let q = "SELECT 1";\nx && (q += " LIMIT 1");\nprobe(q);', "SELECT 1[ LIMIT 1]"],
    ["+= with a hole", "let q = `SELECT 1`;\nq += ` LIMIT ${n}`;\nprobe(q);", "SELECT 1 LIMIT ‹text n›"],
    ["+= in both branches", 'let q = "SELECT 1";\nif (x) q += " LIMIT 1"; else q += " LIMIT 2";\nprobe(q);', 'SELECT 1 ‹text " LIMIT 1"› ‹text " LIMIT 2"›'],
    ["+= in a loop", 'let q = "SELECT 1";\nfor (const c of cs) q += " AND " + c;\nprobe(q);', 'SELECT 1 ‹text " AND " + c›'],
    ["+= after the use", 'let q = "SELECT 1";\nprobe(q);\nq += " LIMIT 1";', "SELECT 1"],
    ["q = q + x", 'let q = "SELECT 1";\nq = q + " LIMIT 1";\nprobe(q);', "SELECT 1 LIMIT 1"],
    ["q = `${q} x`", 'let q = "SELECT 1";\nq = `${q} LIMIT 1`;\nprobe(q);', "SELECT 1 LIMIT 1"],
    ["q = `${q} x` under a condition", 'let q = "SELECT 1";\nif (a) q = `${q} LIMIT ${n}`;\nprobe(q);', "SELECT 1[ LIMIT ‹text n›]"],
    ["+= in another function", 'let q = "SELECT 1";\nfunction f() { q += " LIMIT 1"; }\nf();\nprobe(q);', undefined],
    ["a variable that is replaced", 'let q = "SELECT 1";\nif (x) q = "SELECT 2";\nprobe(q);', undefined],
    ["a variable given once", 'let q;\nq = "SELECT 1";\nprobe(q);', "SELECT 1"],
    ["a variable given in branches", 'let q;\nif (x) q = "SELECT 1"; else q = "SELECT 2";\nprobe(q);', undefined],
    ["a where that starts empty", 'let w = "";\nif (x) w = "WHERE a = 1";\nprobe(`SELECT 1 FROM t ${w}`);', "SELECT 1 FROM t [WHERE a = 1]"],
    ["a conditional piece", 'probe(`SELECT 1 FROM t ${x ? "WHERE a = 1" : ""}`);', "SELECT 1 FROM t [WHERE a = 1]"],
    ["a conditional piece the other way round", 'probe(`SELECT 1 FROM t ${x ? "" : "WHERE a = 1"}`);', "SELECT 1 FROM t [WHERE a = 1]"],
    ["a conditional piece in a variable", 'const w = x ? "WHERE a = 1" : "";\nprobe(`SELECT 1 FROM t ${w}`);', "SELECT 1 FROM t [WHERE a = 1]"],
    ["a conditional piece with &&", 'probe(`SELECT 1 FROM t ${x && "WHERE a = 1"}`);', 'SELECT 1 FROM t ‹text x && "WHERE a = 1"›'],
    ["a choice", 'probe(`SELECT 1 FROM t ORDER BY a ${x ? "ASC" : "DESC"}`);', 'SELECT 1 FROM t ORDER BY a ‹text x ? "ASC" : "DESC"›'],
    ["a choice between texts", 'probe(x ? "SELECT 1" : "SELECT 2");', undefined],
    ["a parameter", "function f(q: string) { probe(q); }", undefined],
    ["a piece of a parameter", "function f(q: string) { probe(`${q} LIMIT 1`); }", "‹text q› LIMIT 1"],
    ["a function that returns text", 'const columns = () => "a, b";\nprobe(`SELECT ${columns()} FROM t`);', "SELECT a, b FROM t"],
    ["a function with a parameter", "const by = (c: string) => `WHERE ${c} = 1`;\nprobe(`SELECT 1 FROM t ${by(x)}`);", "SELECT 1 FROM t WHERE ‹text x› = 1"],
    ["a function of another module", 'import { by } from "./t";\nprobe(`SELECT 1 FROM t ${by(x)}`);', "SELECT 1 FROM t WHERE ‹text x› = 1", { "src/t.ts": "export const by = (c: string) => `WHERE ${c} = 1`;" }],
    ["a recursive function", "const f = (n) => `a${f(n)}`;\nprobe(f(1));", undefined],
    ["a text of itself", "var q = q + 1 + 'a';\nprobe(q);", "?"],
    ["raw", "probe(String.raw`SELECT 1`);", "SELECT 1"],
    ["a tag that is unknown", "probe(sql`SELECT 1`);", undefined],
    ["an unknown", "probe(x);", undefined],
    ["a number", "probe(1);", "1"],
  ];
  for (const parser of PARSERS) {
    it.each(rows.map(([about, code, expected, files]) => ({ about, code, expected, files: files ?? {} })))(`$about (${parser})`, ({ about, code, expected, files }) => {
      const result = shown(fold(code, files, parser));
      // Ends, whatever it says.
      if (about === "a recursive function" || about === "a text of itself") expect(result === undefined || result.includes("‹")).toBe(true);
      else expect(result).toBe(expected);
    });
  }
});

describe("where the text stands in the source", () => {
  /** `source` is how the token is written, when it is not as in the text. */
  const rows: readonly (readonly [about: string, code: string, tokens: readonly (string | readonly [token: string, source: string])[], files?: Files])[] = [
    ["a literal", "probe('SELECT a FROM t');", ["SELECT", "a", "FROM", "t"]],
    ["a template", "probe(`SELECT a\n  FROM t`);", ["SELECT", "FROM", "t"]],
    ["\\n and \\t", String.raw`probe("SELECT a\n\tFROM t\r\nWHERE x");`, ["SELECT", "FROM", "t", "WHERE"]],
    ["\\x41", String.raw`probe("\x53ELECT \x61 FROM t");`, [["SELECT", String.raw`\x53ELECT`], ["a", String.raw`\x61`], "FROM", "t"]],
    ["\\u0041", String.raw`probe("SELECT \u0061 FROM t");`, [["a", String.raw`\u0061`], "FROM"]],
    ["\\u{61}", String.raw`probe("SELECT \u{61} FROM t");`, [["a", String.raw`\u{61}`], "FROM"]],
    ["\\u{1F600} is two units", String.raw`probe("SELECT '\u{1F600}' FROM t");`, [["'😀'", String.raw`'\u{1F600}'`], "FROM", "t"]],
    ["a character of two units", 'probe("SELECT \'😀\', \\"a\\" FROM t");', ["'😀'", ['"a"', String.raw`\"a\"`], "FROM", "t"]],
    ["octal", String.raw`probe("a\0 FROM t");`, ["FROM", "t"]],
    ["an escaped letter", String.raw`probe("SELECT \a FROM t");`, [["a", String.raw`\a`], "FROM"]],
    ["a backslash", String.raw`probe("LIKE 'a\\_b' FROM t");`, [["'a\\_b'", String.raw`'a\\_b'`], "FROM"]],
    ["line continuation", 'probe("SELECT a \\\n FROM t");', ["SELECT", "a", "FROM", "t"]],
    ["line continuation with CRLF", 'probe("SELECT a \\\r\n FROM t");', ["SELECT", "a", "FROM", "t"]],
    ["a token around a line continuation", 'probe("SEL\\\nECT a");', [["SELECT", "SEL\\\nECT"], "a"]],
    ["CRLF in a template", "probe(`SELECT a\r\nFROM t\r\n  WHERE b`);", ["SELECT", "FROM", "t", "WHERE", "b"]],
    ["CRLF in a template with holes", "probe(`SELECT a\r\nFROM ${t}\r\nWHERE b\r\nLIMIT ${n} OFFSET 1`);", ["FROM", "WHERE", "b", "LIMIT", "OFFSET"]],
    ["CRLF and escapes in a template", "probe(`SELECT a\\n\r\nFROM t \\` x`);", ["SELECT", "FROM", "t", ["`", "\\`"], "x"]],
    ["escapes in a template", "probe(`SELECT \\`a\\` FROM \\u{74} \\${x}`);", [["`a`", "\\`a\\`"], "FROM", ["t", "\\u{74}"], ["${x}", "\\${x}"]]],
    ["a template after a hole", "probe(`SELECT ${a} FROM ${b} WHERE c`);", ["SELECT", "FROM", "WHERE", "c"]],
    ["concatenation", 'probe("SELECT a " + `FROM t ` + \'WHERE b\');', ["SELECT", "a", "FROM", "t", "WHERE", "b"]],
    ["across a concatenation", 'probe("SELECT a " + "FROM t");', [["a FROM", 'a " + "FROM']]],
    ["template in a template", "probe(`SELECT ${`a, ${`b`}`} FROM t`);", ["SELECT", "a", "b", "FROM", "t"]],
    ["a constant of the file", 'const T = "users";\nprobe(`SELECT a FROM ${T}`);', ["a", "users"]],
    ["join", 'probe(["SELECT a", "FROM t"].join(" "));', ["SELECT", "a", "FROM", "t"]],
    ["+=", 'let q = "SELECT a";\nq += " FROM t";\nprobe(q);', ["SELECT", "FROM", "t"]],
    ["conditional", 'probe(`SELECT a ${x ? "FROM t" : ""} LIMIT 1`);', ["FROM", "t", "LIMIT"]],
    ["a property", 'const q = { all: "SELECT a FROM t" };\nprobe(q.all);', ["SELECT", "a", "FROM"]],
    ["a property, put together", "const q = { all: `SELECT a FROM ${t} WHERE b` };\nprobe(q.all);", ["SELECT", "a", "FROM", "WHERE"]],
    ["a static field", 'class Q { static all = "SELECT a " + "FROM t"; }\nprobe(Q.all);', ["SELECT", "a", "FROM"]],
    ["String.raw", "probe(String.raw`SELECT a\\b FROM t`);", ["SELECT", "FROM", "t"]],
  ];
  for (const parser of PARSERS) {
    it.each(rows.map(([about, code, tokens]) => ({ about, code, tokens })))(`$about (${parser})`, ({ code, tokens }) => {
      const { folded, project: { module } } = fold(code, {}, parser);
      if (!folded) throw new Error("no text");
      for (const item of tokens) {
        const [token, source] = typeof item === "string" ? [item, item] : item;
        const start = folded.text.search(new RegExp(`(?<!\\w)${token.replace(/[$^.*+?()[\]{}|\\]/gu, String.raw`\$&`)}(?!\\w)`, "u"));
        expect(start, `${token} in ${JSON.stringify(folded.text)}`).toBeGreaterThanOrEqual(0);
        const range = folded.locate(start, start + token.length);
        expect(range && module.text.slice(...range), token).toBe(source);
      }
    });
  }

  it("is nowhere for text of another module", () => {
    const { folded } = fold('import { T } from "./t";\nprobe(`SELECT a FROM ${T}`);', { "src/t.ts": 'export const T = "users";' });
    expect(folded?.text).toBe("SELECT a FROM users");
    expect(folded?.locate(0, 6)).toBeDefined();
    expect(folded?.locate(14, 19)).toBeUndefined();
  });

  it("is the expression for a hole", () => {
    const { folded, project: { module } } = fold("probe(`SELECT ${columns} FROM t`);");
    const range = folded?.locate(7, 8);
    expect(range && module.text.slice(...range)).toBe("columns");
  });

  it("holds for whole ranges, hole to token", () => {
    const { folded, project: { module } } = fold("probe(`SELECT ${columns} FROM t WHERE a = ${x}`);");
    const start = folded?.text.indexOf("WHERE") ?? 0;
    const range = folded?.locate(start, folded.text.length);
    expect(range && module.text.slice(...range)).toBe("WHERE a = ${x");
  });

  it("gives every single token of a text with every escape back", () => {
    const escapes = ["\\n", "\\x20", "\\u0020", "\\u{20}", "\\t", "\\\n", " ", "\\'", "\\40", "\\r\\n"];
    for (let index = 0; index < escapes.length * 3; index++) {
      const separators = [0, 1, 2].map((offset) => escapes[(index + offset * 3) % escapes.length] ?? " ");
      const code = `probe("aa ${separators[0]} bb ${separators[1]} cc ${separators[2]} dd");`;
      const { folded, project: { module } } = fold(code);
      for (const token of ["aa", "bb", "cc", "dd"]) {
        const at = folded?.text.indexOf(token) ?? -1;
        const range = folded?.locate(at, at + 2);
        expect(range && module.text.slice(...range), code).toBe(token);
      }
    }
  });
});

describe("large texts", () => {
  it.each([
    ["concatenation", (n: number) => `probe(${Array.from({ length: n }, (_, index) => `"a${index} "`).join(" + ")});`],
    ["+=", (n: number) => `let q = "";\n${Array.from({ length: n }, (_, index) => `q += "a${index} ";`).join("\n")}\nprobe(q);`],
    ["join", (n: number) => `probe([${Array.from({ length: n }, (_, index) => `"a${index}"`).join(",")}].join(" "));`],
    ["push", (n: number) => `const l = [];\n${Array.from({ length: n }, (_, index) => `l.push("a${index}");`).join("\n")}\nprobe(l.join(" "));`],
    ["holes", (n: number) => `probe(\`${Array.from({ length: n }, (_, index) => `\${x${index}}`).join(" ")}\`);`],
  ])("are folded in no time: %s", (_, make) => {
    const made = project(make(4_000));
    const [node] = made.probes;
    if (!node) throw new Error("nothing probed");
    const started = performance.now();
    const folded = foldText(node, made.module, made.values);
    expect(folded?.text.length).toBeGreaterThan(4_000);
    for (let at = 0; at < 4_000; at++) folded?.locate(at, at + 1);
    expect(performance.now() - started).toBeLessThan(1_500);
  });
});
