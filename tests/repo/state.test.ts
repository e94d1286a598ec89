/**
 * No result may depend on what was linted before: module-level state is a cache that is keyed by an object (WeakMap) or
 * bounded (BoundedMap). What stands here besides is listed with its reason.
 */
import { parseSync, type Expression, type Statement, type VariableDeclaration } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { modulesIn } from "./modules.js";

const ALLOWED: Readonly<Record<string, string>> = {
  "src/eslint/coverage.ts: tally": "the coverage figure sums a whole run by its nature",
};

/** A parser is loaded once on first need; what it read leaves no trace in it. */
const LOADED_ONCE = /^src\/sql\/parsers\//u;

function declarationOf(statement: Statement): VariableDeclaration | undefined {
  const inner = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
  return inner?.type === "VariableDeclaration" ? inner : undefined;
}

/** Starts empty, and so is there to be filled. */
function startsEmpty(value: Expression | null): boolean {
  if (value?.type === "ArrayExpression") return value.elements.length === 0;
  if (value?.type === "ObjectExpression") return value.properties.length === 0;
  return value?.type === "NewExpression" && value.callee.type === "Identifier" && /^(?:Map|Set|Array)$/u.test(value.callee.name) && value.arguments.length === 0;
}

describe("module state", () => {
  it("is a cache by object or a bounded one", () => {
    const found = modulesIn("src", "rules").flatMap(({ file, text }) =>
      parseSync(file, text).program.body.flatMap((statement) => {
        const declaration = declarationOf(statement);
        if (declaration === undefined || declaration.declare === true) return [];
        return declaration.declarations
          .filter(({ id, init }) => declaration.kind !== "const" || (startsEmpty(init) && !/:\s*readonly\b|:\s*Readonly/u.test(text.slice(id.start, id.end))))
          .map(({ id }) => `${file}: ${id.type === "Identifier" ? id.name : id.type}`);
      }),
    );
    expect(found.filter((name) => ALLOWED[name] === undefined && !LOADED_ONCE.test(name))).toEqual([]);
    expect(Object.keys(ALLOWED).filter((name) => !found.includes(name))).toEqual([]);
  });
});
