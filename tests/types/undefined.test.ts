/** Is a filter's value undefined? By its type where there is one. */
import { describe, expect, it } from "vitest";
import { ids, lint } from "./support.js";

const SETUP = `import { flag, given, header, isText, required } from "@acme/request";
import { PrismaClient } from "./store/client.js";
const prisma = new PrismaClient();
const used = [flag, given, header, isText, required];
`;
const run = (body: string, parameters = ""): string => `${SETUP}export async function run(${parameters}) {\n  ${body}\n  return used;\n}\n`;
const CLEAR = "await prisma.order.deleteMany({ where: { reference } });";

describe("a value whose type holds undefined", () => {
  it.each([
    ["the result of a function", `const reference = header("x-reference"); ${CLEAR}`, ""],
    ["written in place", 'await prisma.order.deleteMany({ where: { reference: header("x-reference") } });', ""],
    ["under an operator", 'await prisma.order.deleteMany({ where: { AND: [{ reference: header("x-reference") }] } });', ""],
    ["one of two", `const reference = flag("a") ? header("x-reference") : "none"; ${CLEAR}`, ""],
    ["a variable that is set on one way", `let reference: string | undefined; if (flag("a")) reference = "a"; ${CLEAR}`, ""],
    ["a member of a type that is worked out", `await prisma.order.deleteMany({ where: { reference: input.reference } });`, "input: Partial<Record<'reference', string>>"],
    ["a generic", `${CLEAR}`, "reference: NonNullable<unknown> extends string ? never : string | undefined"],
    ["a cast, which changes no value", 'await prisma.order.deleteMany({ where: { reference: header("x-reference") as string } });', ""],
    ["a cast, by way of a variable", `const reference = header("x-reference") as string; ${CLEAR}`, ""],
    ["a cast of a query string, taken apart", `const { reference } = req.query as { reference: string }; ${CLEAR}`, "req: any"],
    ["a member of a cast", "await prisma.order.deleteMany({ where: { reference: (req.query as { reference: string }).reference } });", "req: any"],
    ["nothing", `const reference = console.log("a"); await prisma.order.deleteMany({ where: { reference: reference as unknown as string } });`, ""],
  ])("is reported: %s", (_, body, parameters) => {
    expect(ids(run(body, parameters), { rule: "no-undefined-filter", types: "strict" })).toEqual(["writesAll"]);
  });

  it("is shown with its type", () => {
    const [message] = lint(run(`const reference = header("x-reference"); ${CLEAR}`), { rule: "no-undefined-filter", types: "strict" });
    expect(message?.message).toContain("`reference` has the type `string | undefined`");
  });

  it("is unknown without types, where only the declaration of another file tells", () => {
    expect(ids(run(`const reference = header("x-reference"); ${CLEAR}`), { rule: "no-undefined-filter" })).toEqual([]);
  });

  it("of a type parameter is what the parameter allows", () => {
    const generic = (bound: string): string => `${SETUP}export async function run<T${bound}>(reference: T) {\n  ${CLEAR}\n  return used;\n}\n`;
    expect(ids(generic(" extends string | undefined"), { rule: "no-undefined-filter", types: "strict" })).toEqual(["writesAll"]);
    expect(ids(generic(" extends string"), { rule: "no-undefined-filter", types: "strict" })).toEqual([]);
    expect(ids(generic(""), { rule: "no-undefined-filter", types: "strict" })).toEqual([]);
  });
});

describe("a value that the checker narrows", () => {
  it.each([
    ["by a test", 'const reference = header("a"); if (reference === undefined) return [];'],
    ["by a test of truth", 'const reference = header("a"); if (!reference) return [];'],
    ["by typeof", 'const reference = header("a"); if (typeof reference !== "string") return [];'],
    ["by a type guard", 'const reference = header("a"); if (!isText(reference)) return [];'],
    ["by an assertion", 'const reference: string | undefined = header("a"); required(reference);'],
    ["by a default", 'const reference = header("a") ?? "none";'],
    ["by `!`", 'const reference = header("a")!;'],
    ["by a switch", 'const reference = header("a"); switch (reference) { case undefined: return []; default: }'],
    ["by a variable that holds the test", 'const reference = header("a"); const isThere = reference !== undefined; if (!isThere) return [];'],
    ["by a test of what was cast", 'const reference = header("a") as string; if (!reference) return [];'],
    ["by its type", 'const reference = String(header("a"));'],
  ])("is silent: %s", (_, before) => {
    expect(ids(run(`${before} ${CLEAR}`), { rule: "no-undefined-filter", types: "strict" })).toEqual([]);
  });

  it("in a callback stays narrowed", () => {
    const body = 'const reference = header("a"); if (!reference) return []; await prisma.$transaction(async (tx) => { await tx.order.deleteMany({ where: { reference } }); });';
    expect(ids(run(body), { rule: "no-undefined-filter", types: "strict" })).toEqual([]);
  });

  it("by a function that only its name declares a test is believed, as without types", () => {
    const body = 'const reference = header("a"); if (!hasText(reference)) return []; await prisma.order.deleteMany({ where: { reference } });';
    const code = `${run(body)}declare function hasText(value: unknown): boolean;\n`;
    expect(ids(code, { rule: "no-undefined-filter", types: "strict" })).toEqual([]);
  });
});

describe("a type that says nothing", () => {
  it.each([
    ["any", `const reference = given("a"); ${CLEAR}`, ""],
    ["unknown", `await prisma.order.deleteMany({ where: { reference: input as never } });`, "input: unknown"],
    ["an error type", `await prisma.order.deleteMany({ where: { reference: nowhere() } });`, ""],
  ])("is silent: %s", (_, body, parameters) => {
    expect(ids(run(body, parameters), { rule: "no-undefined-filter", types: "strict" })).toEqual([]);
  });

  it("leaves the word to the code: any from the query string of a request", () => {
    const body = "await prisma.order.deleteMany({ where: { reference: req.query.reference } });";
    for (const types of [undefined, "strict"] as const) expect(ids(run(body, "req: any"), { rule: "no-undefined-filter", ...(types && { types }) })).toEqual(["writesAll"]);
  });
});

describe("without strict null checks", () => {
  const loose = (body: string, parameters = ""): string => run(body, parameters).replace('import { PrismaClient } from "./store/client.js"', 'import { PrismaClient } from "@prisma/client"');

  it("the code decides", () => {
    expect(ids(loose(CLEAR, "reference?: string"), { rule: "no-undefined-filter", types: "loose" })).toEqual(["writesAll"]);
    expect(ids(loose(CLEAR, "reference: string"), { rule: "no-undefined-filter", types: "loose" })).toEqual([]);
    expect(ids(loose(`if (!reference) return []; ${CLEAR}`, "reference?: string"), { rule: "no-undefined-filter", types: "loose" })).toEqual([]);
  });

  it("a type without undefined proves nothing", () => {
    expect(ids(loose(`const reference = header("a"); ${CLEAR}`), { rule: "no-undefined-filter", types: "loose" })).toEqual([]);
  });
});
