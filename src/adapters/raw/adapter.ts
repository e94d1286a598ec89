/** Adapters of drivers: a table of roles each, one way of recognising for all. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { Delivery, Opaque, Query, Sending, Site } from "../../query/model.js";
import { looksLikeSql } from "../../sql/index.js";
import { calleeName, keyName, memberName, unwrap, type Node } from "../../syntax/ast.js";
import { fateOf } from "../../syntax/chain.js";
import type { Evaluator } from "../../syntax/evaluate.js";
import type { SourceModule } from "../../syntax/source-module.js";
import type { FoldedText } from "../../syntax/text.js";
import type { LibraryModel, Value } from "../../syntax/values.js";
import { ANY_NAME, type Adapter, type AdapterContext, type Recognised } from "../contract.js";
import { queriesOfText } from "../sql-text.js";
import { Composer } from "./compose.js";
import { methodOf, modelOf, namesOf, type Driver, type TextLibrary } from "./driver.js";
import { TextFlow, type Flow, type Place } from "./flow.js";
import { climb, sendingAt, siteOf } from "./results.js";
import { recogniseTag } from "./tags.js";
import { bindingsOf, inputsOf, textsOf } from "./texts.js";

/**
 * The adapters of a set of drivers, and the one that finds the project's own wrappers of them. `templates` are libraries
 * that only make text for a driver.
 */
export function driverAdapters(drivers: readonly Driver[], templates: readonly TextLibrary[] = []): readonly Adapter[] {
  const composer = new Composer([...drivers, ...templates]);
  const flows = new WeakMap<Evaluator, TextFlow>();
  const flowOf = (context: AdapterContext): TextFlow => {
    const known = flows.get(context.values) ?? new TextFlow(context.values, drivers);
    flows.set(context.values, known);
    return known;
  };
  const reading: Reading = { composer, flowOf };
  return [...drivers.map((driver) => adapterOf(driver, reading)), ...templates.map(templateAdapter), wrapperAdapter(drivers, reading)];
}

/** How the texts of a file are read. */
interface Reading {
  readonly composer: Composer;
  readonly flowOf: (context: AdapterContext) => TextFlow;
}

/** A library that makes text has values, which a driver is given, and no sites. */
function templateAdapter(library: TextLibrary): Adapter {
  return { id: library.id, title: library.title, model: modelOf(library), names: new Set(), recognise: () => undefined };
}

/** Every second file calls something of these names. A file that sends SQL holds SQL text, or a more telling name, as well. */
const COMMON: ReadonlySet<string> = new Set(["all", "any", "each", "exec", "exists", "first", "get", "map", "many", "none", "one", "result", "run", "stream", "values"]);

function adapterOf(driver: Driver, reading: Reading): Adapter {
  return {
    id: driver.id,
    title: driver.title,
    model: modelOf(driver),
    names: namesOf(driver),
    common: COMMON,
    recognise(candidate, context) {
      if (candidate.type === "TaggedTemplateExpression") return recogniseTag(candidate, driver, context, reading.composer);
      // `list.map((item) => …)`: no SQL text, and nothing to ask types about.
      const [argument] = candidate.arguments;
      if ((argument?.type === "ArrowFunctionExpression" || argument?.type === "FunctionExpression") && COMMON.has(calleeName(candidate) ?? "")) return undefined;
      return recogniseCall(candidate, driver, context, reading);
    },
  };
}

/** A call whose callee is a function of the project that hands SQL text to a driver. */
function wrapperAdapter(drivers: readonly Driver[], reading: Reading): Adapter {
  const names = new Set(drivers.flatMap((driver) => [...namesOf(driver)]).filter((name) => !COMMON.has(name)));
  const tagging = drivers.filter((driver) => Object.values(driver.roles).some((role) => role.tag));
  return {
    id: "sql-wrapper",
    title: "the project's own wrappers of a driver",
    model: NO_LIBRARY,
    names: new Set([ANY_NAME]),
    recognise(candidate, context) {
      // An instance of a driver that is a tag may have any name.
      if (candidate.type === "TaggedTemplateExpression") return first(tagging, (driver) => recogniseTag(candidate, driver, context, reading.composer));
      if (!(names.has(calleeName(candidate) ?? "") || candidate.arguments.some((argument) => mayBeSql(argument, context.module, 0)))) return undefined;
      const flow = reading.flowOf(context);
      const method = flow.methodAt(candidate, context.module);
      // A method of a driver under another name: `const run = pool.query.bind(pool)`.
      if (method) return names.has(calleeName(candidate) ?? "") ? undefined : recogniseCall(candidate, method.driver, context, reading);
      const flows = flow.flowsOf(candidate, context.module);
      return flows.length > 0 ? recogniseFlows(candidate, flows, context, reading) : recogniseExecutor(candidate, drivers, context, reading);
    },
  };
}

function first<T, R>(items: readonly T[], ask: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const answer = ask(item);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/**
 * `await executor("SELECT …", [id])`, where the function is a parameter: SQL text, an awaited result and a driver among
 * the dependencies say together what the parameter is.
 */
function recogniseExecutor(call: TSESTree.CallExpression, drivers: readonly Driver[], context: AdapterContext, reading: Reading): Recognised | undefined {
  const callee = unwrap(call.callee);
  const [text, values] = call.arguments;
  if (callee.type !== "Identifier" || !text || text.type === "SpreadElement" || fateOf(call).fate !== "settled") return undefined;
  const value = context.values.evaluate(callee, context.module);
  if (value.kind !== "parameter" && value.kind !== "typed") return undefined;
  const [driver, ...others] = drivers.filter((item) => item.shape && item.packages.some((name) => context.uses(name)));
  if (!driver || others.length > 0) return undefined;
  const { module } = context;
  const made: Flow = { driver, evidence: "shape", text: { node: text, module }, values: values ? [{ node: values, module }] : [], delivery: undefined, lazy: false, appended: false, replaced: [] };
  return textsOf(made, context, reading.composer).some((item) => item.text && looksLikeSql(item.text.text)) ? recogniseFlows(call, [made], context, reading) : undefined;
}

/** The wrappers have no exports of their own: what they are follows from what they do. */
const NO_LIBRARY: LibraryModel = { id: "sql-wrapper", owns: () => false, exported: () => undefined, typed: () => undefined };

function recogniseCall(call: TSESTree.CallExpression, driver: Driver, context: AdapterContext, reading: Reading): Recognised | undefined {
  const { module } = context;
  const flow = reading.flowOf(context);
  const own = flow.methodAt(call, module);
  if (own && own.driver !== driver) return undefined;
  if (own?.method.does === "prepares") return recognisePreparation(call, own.method.text, driver, own.receiver.evidence, context, reading);
  const flows = flow.flowsOf(call, module).filter((item) => item.driver === driver);
  if (flows.length > 0) return own || isExecution(call, driver) ? recogniseFlows(call, flows, context, reading) : undefined;
  if (own) return undefined;
  return recogniseShape(call, driver, context, reading);
}

/** A call on a prepared statement whose text is known by another way than its value. */
function isExecution(call: TSESTree.CallExpression, driver: Driver): boolean {
  const callee = unwrap(call.callee);
  const name = callee.type === "MemberExpression" ? memberName(callee) : undefined;
  return name !== undefined && Object.keys(driver.roles).some((role) => methodOf(driver, role, name)?.does === "executes");
}

/** `client.query("SELECT …")` on a receiver of which nothing is known: in a package that depends on the driver, or with its query object. */
function recogniseShape(call: TSESTree.CallExpression, driver: Driver, context: AdapterContext, reading: Reading): Recognised | undefined {
  const callee = unwrap(call.callee);
  const name = callee.type === "MemberExpression" ? memberName(callee) : undefined;
  if (name === undefined || !driver.shape?.methods.includes(name) || callee.type !== "MemberExpression") return undefined;
  if (!saysNothing(context.values.evaluate(callee, context.module)) || !isOpen(callee.object, context.module, context, 0)) return undefined;
  if (!driver.packages.some((item) => context.uses(item)) && !isQueryObject(call.arguments[0], driver)) return undefined;
  const flows = reading.flowOf(context).flowsByShape(call, context.module, driver, name).filter((item) => textsOf(item, context, reading.composer).some(({ text }) => text && looksLikeSql(text.text)));
  return flows.length > 0 ? recogniseFlows(call, flows, context, reading) : undefined;
}

/** `{ text: "SELECT …", values: [id] }`, written at the call: the keys of one driver only. */
function isQueryObject(node: Node | undefined, { textKeys = [], valueKeys = [] }: Driver): boolean {
  if (node?.type !== "ObjectExpression") return false;
  const keys = node.properties.map((property) => (property.type === "Property" ? keyName(property) : undefined));
  return [textKeys, valueKeys].every((wanted) => keys.some((key) => key !== undefined && wanted.includes(key)));
}

/** Is it open what the value is? What another library exports is something else. */
function saysNothing(value: Value): boolean {
  return value.kind === "unknown" || value.kind === "parameter" || value.kind === "typed" || (value.kind === "external" && /^[.~@#]?\/|^src\//u.test(value.specifier));
}

/** Is it open what a receiver is? Not when it is made by something of another package, or is a name that nothing declares. */
function isOpen(node: Node, module: SourceModule, context: AdapterContext, depth: number): boolean {
  const inner = unwrap(node);
  if (depth > 8 || !saysNothing(context.values.evaluate(inner, module))) return false;
  switch (inner.type) {
    case "CallExpression":
    case "NewExpression":
      return isOpenCallee(inner.callee, module, context, depth + 1);
    case "MemberExpression":
      // A field that the constructor is given: `constructor(db) { this.db = db; }`. Any other says what it is where it is set.
      if (unwrap(inner.object).type === "ThisExpression" && context.values.evaluate(inner, module).kind === "parameter") return true;
      return isOpen(inner.object, module, context, depth + 1);
    case "AwaitExpression":
      return isOpen(inner.argument, module, context, depth + 1);
    case "ThisExpression":
      return true;
    case "Identifier": {
      const declarator = module.lookUp(inner.name, inner)?.defs[0]?.node as Node | undefined;
      if (!declarator) return false;
      return declarator.type !== "VariableDeclarator" || !declarator.init || isOpen(declarator.init, module, context, depth + 1);
    }
    default:
      return false;
  }
}

/** A function of the project may make anything; one of a package makes what is the package's. */
function isOpenCallee(callee: Node, module: SourceModule, context: AdapterContext, depth: number): boolean {
  return context.values.evaluate(callee, module).kind === "function" || isOpen(callee, module, context, depth);
}

/** A prepared statement that nothing in this file executes: it is written here, and sent somewhere else. */
function recognisePreparation(call: TSESTree.CallExpression, textArgument: number, driver: Driver, evidence: Site["evidence"], context: AdapterContext, reading: Reading): Recognised | undefined {
  const text = call.arguments[textArgument];
  if (!text) return undefined;
  const flow = reading.flowOf(context);
  if (flow.isForwarded({ node: text, module: context.module })) return [];
  if (flow.executed(context.module).has(call)) return [];
  const made: Flow = { driver, evidence, text: { node: text, module: context.module }, values: [], delivery: undefined, lazy: false, appended: false, replaced: [] };
  return textsOf(made, context, reading.composer).flatMap(({ text: folded }) => queriesOf(folded, made, call, context, "built", [], undefined));
}

function recogniseFlows(call: TSESTree.CallExpression, flows: readonly Flow[], context: AdapterContext, reading: Reading): Recognised | undefined {
  const flow = reading.flowOf(context);
  const open = flows.filter((item) => !flow.isForwarded(item.text));
  // The text is a parameter of the function around: the calls of that function are the sites.
  if (open.length === 0) return flows.length > 0 ? [] : undefined;
  const result: (Query | Opaque)[] = [];
  const seen = new Set<Node>();
  for (const item of open) {
    if (seen.has(item.text.node)) continue;
    seen.add(item.text.node);
    const same = open.filter((other) => other.text.node === item.text.node);
    const [delivery, sending] = fateAfter(call, item, same, context.module);
    for (const { text, values, isStreamed } of textsOf(item, context, reading.composer)) {
      result.push(...queriesOf(text, item, call, context, sending, values, isStreamed ? "stream" : delivery));
    }
  }
  return result;
}

function queriesOf(text: FoldedText | undefined, flow: Flow, call: TSESTree.CallExpression, context: AdapterContext, sending: Sending, values: readonly Place[], delivery: Delivery | undefined): readonly (Query | Opaque)[] {
  const { driver, evidence } = flow;
  return queriesOfText({
    text,
    context,
    site: siteOf(call, driver.id, evidence, context),
    dialect: driver.dialect,
    ...(driver.placeholders && { placeholders: driver.placeholders }),
    bindings: bindingsOf(values, context),
    undefinedLimit: driver.undefinedLimit,
    sending,
    ...(delivery && { delivery }),
    inputs: inputsOf(call, values, context),
    bulk: driver.bulk,
  });
}

/** How rows arrive and when the text is sent, by what is called on the result. */
function fateAfter(call: Node, flow: Flow, same: readonly Flow[], module: SourceModule): readonly [Delivery | undefined, Sending] {
  const deliveries = new Set(same.map((item) => item.delivery));
  // A wrapper that reads one row in one branch and all in another: one of them certainly is not all.
  const delivery = deliveries.size > 1 ? (deliveries.has("one") ? "one" : flow.delivery) : flow.delivery;
  const result = climb(call);
  const streamed = result.steps.some((step) => flow.driver.streamedBy?.includes(step) === true);
  return [streamed ? "stream" : delivery, flow.lazy ? sendingAt(result, module) : "now"];
}

/** Cheap: can the expression be SQL text at all? By its literal beginning, or because it is a name for something from elsewhere. */
function mayBeSql(node: Node, module: SourceModule, depth: number): boolean {
  if (depth > 5) return false;
  const inner = unwrap(node);
  switch (inner.type) {
    case "Literal":
      return typeof inner.value === "string" && OPENING.test(inner.value);
    case "TemplateLiteral": {
      const [first] = inner.quasis;
      const [expression] = inner.expressions;
      if (first && first.value.raw.trim() !== "") return OPENING.test(first.value.raw);
      return expression !== undefined && mayBeSql(expression, module, depth + 1);
    }
    case "TaggedTemplateExpression":
      return mayBeSql(inner.quasi, module, depth + 1);
    case "BinaryExpression":
      return inner.operator === "+" && mayBeSql(inner.left, module, depth + 1);
    case "ConditionalExpression":
      return mayBeSql(inner.consequent, module, depth + 1) || mayBeSql(inner.alternate, module, depth + 1);
    case "ArrayExpression": {
      const [first] = inner.elements;
      return first !== null && first !== undefined && mayBeSql(first, module, depth + 1);
    }
    case "ObjectExpression":
      return inner.properties.some((property) => property.type === "Property" && /^(?:text|sql)$/u.test(keyName(property) ?? "") && mayBeSql(property.value, module, depth + 1));
    case "CallExpression": {
      const callee = unwrap(inner.callee);
      if (callee.type === "MemberExpression" && /^(?:trim|join|concat|replace|replaceAll|toString)$/u.test(memberName(callee) ?? "")) return mayBeSql(callee.object, module, depth + 1);
      return isTelling(callee);
    }
    case "MemberExpression":
      return isTelling(inner);
    case "Identifier": {
      const definition = module.lookUp(inner.name, inner)?.defs[0];
      const declarator = definition?.node as Node | undefined;
      if (declarator?.type === "VariableDeclarator" && declarator.id.type === "Identifier" && declarator.init) return mayBeSql(declarator.init, module, depth + 1);
      return (definition?.type as string | undefined) === "ImportBinding" ? isTelling(inner) : false;
    }
    default:
      return false;
  }
}

/** What is imported is looked at only when its name suggests text: this decides what is worth the work, and proves nothing. */
function isTelling(node: Node): boolean {
  const name = node.type === "Identifier" ? node.name : node.type === "MemberExpression" ? (memberName(node) ?? "") : "";
  return /sql|query|queries|stmt|statement/iu.test(name) || /^[A-Z][A-Z0-9_]+$/u.test(name);
}

const OPENING = /^(?:\s|\(|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:select|insert|update|delete|with|merge|replace|truncate|create|alter|drop|values|explain|pragma|begin|commit|rollback|savepoint|release|set|vacuum|lock|call|copy|refresh|analyze|show|do|attach|detach|reindex|grant|revoke|comment|notify|listen)\b/iu;
