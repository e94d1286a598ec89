/** Types are asked where nothing else tells, and only there: each question may make the checker work out a type. */
import * as parser from "@typescript-eslint/parser";
import { describe, expect, it } from "vitest";
import { lint } from "./support.js";

/** Source texts of the nodes whose type is asked for. */
function asked(code: string, rule: string): { readonly texts: string[]; readonly reports: number } {
  const texts: string[] = [];
  const listening: typeof parser = {
    ...parser,
    parseForESLint(text, options) {
      const parsed = parser.parseForESLint(text, options);
      const { services } = parsed;
      if (services.program === null) throw new Error("no types");
      const getTypeAtLocation: typeof services.getTypeAtLocation = (node) => {
        texts.push((typeof text === "string" ? text : text.text).slice(...node.range));
        return services.getTypeAtLocation(node);
      };
      return { ...parsed, services: { ...services, getTypeAtLocation } };
    },
  };
  const reports = lint(code, { rule, types: "strict", parser: listening }).length;
  return { texts, reports };
}

const OTHER_CODE = Array.from({ length: 200 }, (_, index) => `export function work${index}(input: string[], seen: Map<string, number>) {
  const words = input.map((word) => word.trim()).filter((word) => word.length > ${index});
  for (const word of words) { seen.set(word, (seen.get(word) ?? 0) + 1); console.log(word, seen.size); }
  return { words, text: words.join(", "), first: words[0]?.toUpperCase() };
}
`).join("");

describe("the checker", () => {
  it("is not asked about a client that the code tells", () => {
    const code = 'import { Pool } from "pg";\nconst pool = new Pool();\nexport async function run(id: number) {\n  await pool.query("DELETE FROM orders");\n  return await pool.query("SELECT id FROM orders WHERE id = $1", [id]);\n}\n';
    // The value is: it may be undefined.
    expect(asked(code, "require-where")).toEqual({ texts: ["id"], reports: 1 });
  });

  it("is asked once about the client that it alone tells", () => {
    const code = 'import type { Conn } from "@acme/db";\nexport async function run(db: Conn) {\n  await db.query("DELETE FROM orders");\n}\n';
    expect(asked(code, "require-where")).toEqual({ texts: ["db"], reports: 1 });
  });

  it("is not asked about code that sends nothing", () => {
    const { texts } = asked(`${OTHER_CODE}import type { Conn } from "@acme/db";\nexport async function run(db: Conn) {\n  await db.query("DELETE FROM orders");\n}\n`, "require-where");
    // `get` may execute a prepared statement.
    expect(texts.filter((text) => text !== "seen")).toEqual(["db"]);
    expect(texts.length).toBeLessThanOrEqual(201);
  });

  it("is asked once about a value that may be undefined", () => {
    const code = 'import { PrismaClient } from "./store/client.js";\nimport { header } from "@acme/request";\nconst prisma = new PrismaClient();\nexport async function run() {\n  const reference = header("a");\n  await prisma.order.deleteMany({ where: { reference } });\n}\n';
    expect(asked(code, "no-undefined-filter")).toEqual({ texts: ["reference"], reports: 1 });
  });
});
