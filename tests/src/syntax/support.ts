/** A toy library and a project in memory, to see what the syntax layer makes of code. */
import path from "node:path";
import * as typescriptParser from "@typescript-eslint/parser";
import { Linter, type Rule, type SourceCode } from "eslint";
import type { TSESTree } from "@typescript-eslint/utils";
import { isFunction, unwrap, walk, type Node } from "../../../src/syntax/ast.js";
import { Evaluator } from "../../../src/syntax/evaluate.js";
import { moduleOfSourceCode, parseModule, type SourceModule } from "../../../src/syntax/source-module.js";
import { libraryValue, type LibraryModel, type LibraryValue, type ModuleGraph, type Value } from "../../../src/syntax/values.js";

export const ROOT = path.resolve("/project");

/** The parsers whose trees must read alike: the one of imported files, and those of the linted file. */
export const PARSERS = ["oxc", "typescript-eslint"] as const;
export type ParserName = (typeof PARSERS)[number] | "espree";

const toy = (role: string, more?: Partial<LibraryValue>): LibraryValue => libraryValue("toy", role, more);
const roleOf = (role: string, parent: LibraryValue, name?: string): LibraryValue => toy(role, { parent, ...(name !== undefined && { name }) });

/**
 * `new Client()` and `createClient()` make a client; it has `items`, `transaction(cb)` and `extend()`. A class that extends
 * `Active` is a model; its instances are rows, and `all()` gives many of them.
 */
export const TOY: LibraryModel = {
  id: "toy",
  owns: (specifier) => specifier === "toy" || specifier.startsWith("toy/"),
  exported(_, name) {
    if (name === "Client") return toy("Client");
    if (name === "Active") return toy("Active");
    if (name === "gt") return toy("symbol", { name });
    if (name === "createClient" || name === "default") return toy("createClient");
    if (name === "Model" || name === "Inject") return toy(name);
    return name === "op" || name === "Ops.op" ? toy("op") : undefined;
  },
  typed(_, name) {
    if (name === "Client" || name === "ClientType") return toy("client");
    if (name === "Store") return toy("store");
    return name === "Tx" || name === "Toy.Tx" ? toy("tx") : undefined;
  },
  unexplained: (_, name, asType) => (name === "GeneratedToyClient" ? toy(asType ? "client" : "Client") : undefined),
  construct(value, at) {
    if (value.role === "Active" || value.role === "model") return toy("row", { at });
    if (value.role === "Model") return toy("record", { at });
    return value.role === "Client" ? toy("client", { at }) : undefined;
  },
  extended: (value, { node }) => (value.role === "Active" || value.role === "model" ? toy("model", { name: node.id?.name ?? "" }) : undefined),
  decorated: (decorator, at) => (decorator.role === "Inject" ? toy("injected", { at }) : undefined),
  self: (value, method) => (value.role === "client" && method === "extend" ? value : undefined),
  element: (value) => (value.role === "rows" ? toy("row", { ...(value.owner && { owner: value.owner }) }) : undefined),
  listed: (value, name) => (value.role === "model" ? toy("model", { name }) : undefined),
  loaded: (argument) => (argument.role === "client" ? toy("model") : undefined),
  shaped: (name) => (name === "defineToy" ? toy("model", { evidence: "shape" }) : undefined),
  call: (value, at) => (value.role === "createClient" ? toy("client", { at }) : undefined),
  member: (value, name) => (["client", "tx"].includes(value.role) && name === "items" ? roleOf("items", value) : undefined),
  method(value, name, at) {
    if (value.role === "client" && name === "extend") return toy("client", { ...(at.node.arguments[0]?.type === "ObjectExpression" && { added: { node: at.node.arguments[0], module: at.module } }) });
    if (value.role === "model" && name === "all") return toy("rows", { ...(value.owner && { owner: { ...value.owner, isStatic: false } }) });
    return value.role === "items" ? roleOf("builder", value, name) : undefined;
  },
  tag: (value) => (value.role === "client" ? toy("tagged") : undefined),
  callback(value, method, argument, parameter) {
    if (value.role === "rows" && method === "map" && argument === 0 && parameter === 0) return toy("row");
    return value.role === "client" && method === "transaction" && argument === 0 && parameter === 0 ? toy("tx") : undefined;
  },
};

export interface Project {
  readonly module: SourceModule;
  readonly values: Evaluator;
  readonly graph: ModuleGraph;
  /** Arguments of the calls of `probe`, in source order. */
  readonly probes: readonly Node[];
}

/** A project in memory; `@/` stands for `src/`, everything else that is not relative is a package. */
export function project(code: string, files: Readonly<Record<string, string>> = {}, parser: ParserName = "oxc", file = "src/main.ts"): Project {
  const own = path.join(ROOT, file);
  const module = parse(own, code, parser);
  const texts = new Map(Object.entries(files).map(([name, text]) => [path.join(ROOT, name), text]));
  const modules = new Map<string, SourceModule | undefined>([[own, module]]);
  const graph: ModuleGraph = {
    resolve(specifier, from) {
      if (!specifier.startsWith(".") && !specifier.startsWith("@/")) return { specifier };
      const base = (specifier.startsWith("@/") ? path.join(ROOT, "src", specifier.slice(2)) : path.resolve(path.dirname(from), specifier)).replace(/\.js$/u, "");
      const found = [base, ...[".ts", ".tsx", ".js", ".cjs", "/index.ts"].map((ending) => base + ending)].find((name) => texts.has(name) || modules.has(name));
      if (found === undefined) return { specifier };
      if (!modules.has(found)) modules.set(found, parseModule(found, texts.get(found) ?? ""));
      const target = modules.get(found);
      return target ? { module: target } : { specifier };
    },
  };
  return { module, graph, values: new Evaluator({ graph, libraries: [TOY] }), probes: probesOf(module) };
}

export function probesOf(module: SourceModule): readonly Node[] {
  const probes: Node[] = [];
  walk(module.program, (node) => {
    if (node.type === "CallExpression" && node.callee.type === "Identifier" && node.callee.name === "probe") probes.push(...node.arguments);
    return undefined;
  });
  return probes;
}

export function parse(file: string, code: string, parser: ParserName = "oxc"): SourceModule {
  if (parser !== "oxc") return moduleOfSourceCode(file, lintedFile(file, code, parser));
  const module = parseModule(file, code);
  if (!module) throw new Error(`does not parse:\n${code}`);
  return module;
}

/** The file as ESLint hands it to rules. */
export function lintedFile(file: string, code: string, parser: "typescript-eslint" | "espree"): SourceCode {
  let sourceCode: SourceCode | undefined;
  const keep: Rule.RuleModule = { create: (context) => ({ "Program:exit": () => void (sourceCode = context.sourceCode) }) };
  const messages = new Linter({ cwd: path.parse(file).root }).verify(
    code,
    [
      {
        files: ["**/*.ts", "**/*.js"],
        plugins: { test: { rules: { keep } } },
        languageOptions: parser === "espree" ? {} : { parser: typescriptParser },
        rules: { "test/keep": "error" },
      },
    ],
    file,
  );
  if (!sourceCode) throw new Error(`does not parse: ${messages[0]?.message ?? ""}\n${code}`);
  return sourceCode;
}

/** A value in a few words. */
export function outline(value: Value): string {
  switch (value.kind) {
    case "library": {
      const types = value.typeArguments?.map((argument) => ("node" in argument ? argument.module.text.slice(...argument.node.range) : argument.typeName));
      return `${value.name === undefined ? value.role : `${value.role} ${value.name}`}${types ? `<${types.join(", ")}>` : ""}`;
    }
    case "function":
      return `function ${value.node.id?.name ?? ""}`.trim();
    case "class":
    case "instance":
      return `${value.kind} ${value.node.id?.name ?? ""}`.trim();
    case "parameter":
      return `parameter ${[value.index, ...value.path].join(".")}`;
    case "external":
      return `external ${value.specifier}#${value.name}`;
    case "method":
      return `method ${value.receiver.role}.${value.name}`;
    case "literal":
      return JSON.stringify(value.value) ?? "undefined";
    case "object":
    case "typed":
    case "namespace":
    case "parameters":
    case "text":
    case "callback":
    case "made":
    case "unknown":
      return value.kind;
  }
}

/** The first node whose source text is this. */
export function nodeOf(module: SourceModule, text: string): Node {
  let found: Node | undefined;
  walk(module.program, (node) => {
    if (!found && module.text.slice(...node.range) === text && node.type !== "ExpressionStatement") found = node;
    return undefined;
  });
  if (!found) throw new Error(`no node \`${text}\` in\n${module.text}`);
  return found;
}

/** The call whose callee ends with a name: `send` of `client.send(…)`. */
export function callOf(module: SourceModule, name: string, index = 0): TSESTree.CallExpression {
  const calls: TSESTree.CallExpression[] = [];
  walk(module.program, (node) => {
    if (node.type !== "CallExpression") return undefined;
    const callee = unwrap(node.callee);
    const called = callee.type === "Identifier" ? callee.name : callee.type === "MemberExpression" && callee.property.type === "Identifier" ? callee.property.name : undefined;
    if (called === name) calls.push(node);
    return undefined;
  });
  const call = calls[index];
  if (!call) throw new Error(`no call of ${name} in\n${module.text}`);
  return call;
}

export function functionNamed(module: SourceModule, name: string): Node {
  let found: Node | undefined;
  walk(module.program, (node) => {
    if (isFunction(node) && node.id?.name === name) found = node;
    return undefined;
  });
  if (!found) throw new Error(`no function ${name}`);
  return found;
}
