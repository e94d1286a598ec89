/** The SQL texts that reach a driver, with the values of their placeholders. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { HostExpression } from "../../query/model.js";
import { contains, isFunction, unwrap, type Node } from "../../syntax/ast.js";
import { entriesOf } from "../../syntax/objects.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { elementsOf, foldText, type FoldedText, type TextHole } from "../../syntax/text.js";
import type { AdapterContext } from "../contract.js";
import type { Bindings } from "../sql-text.js";
import { placedLists, type Composer } from "./compose.js";
import type { Parameter } from "./driver.js";
import type { Flow, Place } from "./flow.js";

/** A text of a flow with the expressions that hold its values. */
export interface Text {
  readonly text: FoldedText | undefined;
  readonly values: readonly Place[];
  /** The text is a cursor's: rows come as they are asked for. */
  readonly isStreamed: boolean;
}

/** The texts an argument can be: a string, a query object, a tagged template, a cursor; one of two. */
export function textsOf(flow: Flow, context: AdapterContext, composer: Composer): readonly Text[] {
  const { driver } = flow;
  const at = (place: Place, values: readonly Place[], depth: number, isStreamed: boolean): readonly Text[] => {
    const inner = unwrap(place.node);
    const branches = depth > 4 ? [] : branchesOf(inner, place.module);
    if (branches.length > 1) return branches.flatMap((branch) => at({ node: branch, module: place.module }, values, depth + 1, isStreamed));
    const value = context.values.evaluate(inner, place.module);
    if (value.kind === "library" && value.library === driver.id && value.at?.node.type === "NewExpression") {
      const [text, bound] = value.at.node.arguments;
      const { module } = value.at;
      if (text) return at({ node: text, module }, bound ? [{ node: bound, module }] : [], depth + 1, true);
    }
    const folded = fold(inner, place.module, context, composer, driver);
    if (folded) return [{ text: filled(changed(folded, flow), values, flow, context), values, isStreamed }];
    const shape = context.object(inner, place.module);
    for (const key of driver.textKeys ?? []) {
      const entry = entriesOf(shape, key).at(-1);
      if (!entry) continue;
      const bound = (driver.valueKeys ?? []).flatMap((name) => entriesOf(shape, name).slice(-1)).map((item): Place => ({ node: item.value, module: item.module }));
      return at({ node: entry.value, module: entry.module }, [...bound, ...values], depth + 1, isStreamed);
    }
    return [{ text: undefined, values, isStreamed }];
  };
  return at(flow.text, flow.values, 0, false);
}

/** The two texts of `cond ? a : b`, also behind a constant. */
function branchesOf(node: Node, module: SourceModule): readonly Node[] {
  if (node.type === "ConditionalExpression") return [node.consequent, node.alternate];
  if (node.type !== "Identifier") return [];
  const variable = module.lookUp(node.name, node);
  const declarator = variable?.defs[0]?.node as Node | undefined;
  if (declarator?.type !== "VariableDeclarator" || declarator.id.type !== "Identifier" || variable?.references.some((reference) => reference.isWrite() && !reference.init)) return [];
  const init = declarator.init ? unwrap(declarator.init) : undefined;
  return init?.type === "ConditionalExpression" ? [init.consequent, init.alternate] : [];
}

/** Folds text of any module; only what stands in the linted file can be located. */
function fold(node: Node, module: SourceModule, context: AdapterContext, composer: Composer, { dialect }: Flow["driver"]): FoldedText | undefined {
  const text = foldText(node, module, context.values, composer.interpolation(context, dialect));
  if (!text) return undefined;
  return placedLists(module === context.module ? text : { ...text, locate: () => undefined });
}

/** The text with the parameters that the driver itself fills in: `${name}` and `$1:csv` of pg-promise. */
function filled(text: FoldedText, values: readonly Place[], { driver, text: source }: Flow, context: AdapterContext): FoldedText {
  if (!driver.parameters) return text;
  const bindings = bindingsOf(values, context);
  const overlaps = (parameter: Parameter): boolean => text.holes.some(({ span }) => span.start < parameter.end && parameter.start < span.end);
  const added = driver.parameters(text.text).filter((parameter) => !overlaps(parameter)).map((parameter): TextHole => {
    const bound = typeof parameter.key === "number" ? bindings.position?.(parameter.key) : bindings.name?.(parameter.key);
    const items = bound && parameter.kind === "list" ? context.length(bound.node, bound.module) : undefined;
    return { span: { start: parameter.start, end: parameter.end }, kind: parameter.kind, expression: (bound ?? source).node, module: (bound ?? source).module, ...(items !== undefined && { items }) };
  });
  return added.length === 0 ? text : { ...text, holes: [...text.holes, ...added].sort((first, second) => first.span.start - second.span.start) };
}

/** The text as the wrapper changes it. */
function changed(text: FoldedText, { appended, replaced, text: source }: Flow): FoldedText {
  const unknown = (start: number, end: number): TextHole => ({ span: { start, end }, kind: "text", expression: source.node, module: source.module });
  let holes = [...text.holes];
  for (const pattern of replaced) {
    for (const match of text.text.matchAll(pattern)) {
      // Blanks that are folded change nothing.
      if (/^\s*$/u.test(match[0])) continue;
      const hole = unknown(match.index, match.index + match[0].length);
      holes = holes.filter(({ span }) => span.end <= hole.span.start || hole.span.end <= span.start);
      holes.push(hole);
    }
  }
  const end = text.text.length;
  if (appended) holes.push(unknown(end + 1, end + 2));
  holes.sort((a, b) => a.span.start - b.span.start);
  return { ...text, text: appended ? `${text.text} ?` : text.text, holes };
}

/** Values of the placeholders: by position from arrays and from single arguments, by name from objects. */
export function bindingsOf(values: readonly Place[], context: AdapterContext): Bindings {
  const [only, ...more] = values;
  const elements = (): readonly (Place | undefined)[] => {
    if (!only) return [];
    const list = more.length === 0 ? elementsOf(only.node, only.module) : undefined;
    if (!list) return values;
    const unsure = list.elements.findIndex((element) => !element.certain);
    return list.elements.slice(0, unsure < 0 ? undefined : unsure).map((element) => ({ node: element.node, module: only.module }));
  };
  let positional: readonly (Place | undefined)[] | undefined;
  return {
    position(index) {
      positional ??= elements();
      return positional[index - 1];
    },
    name(name) {
      const entry = only && entriesOf(context.object(only.node, only.module), name).at(-1);
      return entry && { node: entry.value, module: entry.module };
    },
  };
}

/** What flows into the statement besides the holes of its text. */
export function inputsOf(call: TSESTree.CallExpression, values: readonly Place[], { module }: AdapterContext): readonly HostExpression[] {
  const nodes = values.filter((value) => value.module === module).flatMap((value) => elementsOf(value.node, module)?.elements.map((element) => element.node) ?? [value.node]);
  const further = call.arguments.slice(1).filter((argument) => !isFunction(unwrap(argument)) && !nodes.some((node) => contains(argument, node)));
  return [...nodes, ...further];
}

