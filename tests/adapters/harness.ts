/** Runs the adapters over code held in memory and outlines what they answer. */
import path from "node:path";
import { adapters } from "../../src/adapters/index.js";
import { memoryHost } from "../../src/host.js";
import { ProjectGraph } from "../../src/project/graph.js";
import { sitesOf } from "../../src/project/sites.js";
import { isOpaque, type Operand, type Opaque, type Predicate, type Query } from "../../src/query/model.js";
import { Evaluator } from "../../src/syntax/evaluate.js";
import { parseModule } from "../../src/syntax/source-module.js";

export const ROOT = path.resolve("/project");

/** Sites of one file; `files` are the others, by path relative to the project. Imports among them are resolved by path. */
export function sites(code: string, files: Readonly<Record<string, string>> = {}, file = "src/example.ts"): readonly (Query | Opaque)[] {
  const all = Object.fromEntries(Object.entries({ "package.json": JSON.stringify({ name: "example", dependencies: { "@prisma/client": "6", "drizzle-orm": "0.45", sequelize: "6", pg: "8" } }), ...files, [file]: code }).map(([name, text]) => [path.join(ROOT, name), text]));
  const host = memoryHost(all);
  const own = path.join(ROOT, file);
  const module = parseModule(own, code);
  if (!module) throw new Error(`the example does not parse:\n${code}`);
  const graph = new ProjectGraph(host, ROOT);
  const values = new Evaluator({ graph: memoryGraph(graph, host, all), libraries: adapters.map((adapter) => adapter.model) });
  return sitesOf(module, { values, ...graph.packagesAt(own) });
}

/** Relative imports between files in memory; anything else is a package. */
function memoryGraph(graph: ProjectGraph, _host: ReturnType<typeof memoryHost>, files: Readonly<Record<string, string>>): Pick<ProjectGraph, "resolve"> {
  const modules = new Map<string, ReturnType<typeof parseModule>>();
  return {
    resolve(specifier, from) {
      if (!specifier.startsWith(".")) return { specifier };
      const base = path.resolve(path.dirname(from), specifier.replace(/\.js$/u, ""));
      const file = [base, ...[".ts", ".js", "/index.ts"].map((ending) => base + ending)].find((name) => files[name] !== undefined);
      if (file === undefined) return graph.resolve(specifier, from);
      if (!modules.has(file)) modules.set(file, parseModule(file, files[file] ?? ""));
      const module = modules.get(file);
      return module ? { module } : { specifier };
    },
  };
}

/** One line that says what was understood, the same words for every library. */
export function outline(site: Query | Opaque): string {
  if (isOpaque(site)) return `opaque ${site.opaque}`;
  const table = site.target ?? site.sources.flatMap((source) => (source.kind === "table" ? [source.table] : []))[0];
  const parts = [`${site.kind} ${table?.name ?? "-"}`, `where ${describe(site.where)}`];
  if (site.limit) parts.push(`limit ${site.limit.kind === "number" ? site.limit.value : site.limit.kind === "parameter" && site.limit.undefinable?.answer === "yes" ? "maybe undefined" : site.limit.kind}`);
  if (site.offset) parts.push(`offset ${site.offset.kind === "number" ? site.offset.value : site.offset.kind}`);
  if (site.projection.aggregate === "yes") parts.push("aggregate");
  if (site.rows) parts.push(`rows ${site.rows}`);
  if (site.conflict) parts.push(`conflict ${site.conflict}`);
  if (site.byUniqueKey) parts.push("by unique key");
  if (site.delivery !== "all" && site.delivery !== "none") parts.push(`delivers ${site.delivery}`);
  if (site.sending !== "now") parts.push(site.sending);
  return parts.join(", ");
}

export function describe(predicate: Predicate): string {
  switch (predicate.op) {
    case "and":
    case "or":
      if (predicate.choice) return `(${predicate.items.map(describe).join(" | ")})`;
      return `(${predicate.items.map(describe).join(` ${predicate.op} `)})`;
    case "not":
      return `not ${describe(predicate.item)}`;
    case "constant":
      return predicate.written ? `always ${predicate.value}` : predicate.value ? "nothing" : "never";
    case "optional":
      return `${predicate.cause === "condition" ? "maybe" : "unless undefined"}[${describe(predicate.item)}]`;
    case "compare":
      return `${predicate.column.name} ${predicate.operator} ${operand(predicate.operand)}`;
    case "in":
      return `${predicate.column.name} ${predicate.negated ? "not " : ""}in ${predicate.values.kind}`;
    case "like":
      return `${predicate.column.name} ${predicate.negated ? "not " : ""}${predicate.insensitive ? "ilike" : "like"} ${predicate.prefix === undefined ? "?" : `'${predicate.prefix}…'`}`;
    case "null":
      return `${predicate.column.name} is ${predicate.negated ? "not " : ""}null`;
    case "between":
      return `${predicate.column.name} ${predicate.negated ? "not " : ""}between`;
    case "boolean":
      return `${predicate.column.name} is ${predicate.value}`;
    case "exists":
      return `${predicate.negated ? "not " : ""}exists ${predicate.relation ?? "subquery"}${predicate.item ? ` (${describe(predicate.item)})` : ""}`;
    case "relation":
      return `${predicate.relation}.(${describe(predicate.item)})`;
    case "operator":
      return `${predicate.columns.map((column) => column.name).join(",")} ${predicate.operator}`;
    case "opaque":
      return `opaque(${predicate.restricts})`;
  }
}

function operand(value: Operand): string {
  switch (value.kind) {
    case "literal":
      return String(value.value);
    case "parameter":
      return value.constant ? "constant" : "parameter";
    case "column":
      return `column ${value.column.name}`;
    case "subquery":
      return "subquery";
    case "expression":
      return "expression";
  }
}
