/** May a value be undefined? By its type when there is one; else by what the file says, with what guards prove. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { Undefinable } from "../query/model.js";
import { calleeName, enclosingFunction, isFunction, isUndefined, keyName, memberName, unwrap, type Node } from "./ast.js";
import type { Evaluator } from "./evaluate.js";
import { annotationOf, identifiersOf } from "./patterns.js";
import type { SourceModule } from "./source-module.js";
import type { TypeEvidence } from "./values.js";

const NO: Undefinable = { answer: "no" };
const UNKNOWN: Undefinable = { answer: "unknown" };
/** Objects of HTTP frameworks whose members are absent when the request does not carry them. */
const QUERY_OBJECTS = new Set(["query", "searchParams", "cookies", "headers"]);
const REQUEST_NAMES = new Set(["req", "request", "ctx", "c"]);

/** May this expression be undefined where it stands? `why` names the reason in words for a message. */
export function undefinable(node: Node, module: SourceModule, values: Evaluator, types?: TypeEvidence): Undefinable {
  const typed = types && byType(node, module, values, types);
  if (typed) return typed;
  return bySyntax(node, module, values, 0);
}

/** What the type says; nothing when it says nothing. */
function byType(node: Node, module: SourceModule, values: Evaluator, types: TypeEvidence): Undefinable | undefined {
  if (isCast(node)) {
    // A cast changes no value: what was undefined stays so.
    const own = types.undefinable(node);
    return own?.answer === true ? holdsUndefined(node, own.text, module) : byType(node.expression, module, values, types);
  }
  const typed = types.undefinable(node);
  if (!typed) return undefined;
  if (!typed.answer) return throughCast(node, module, values, types) ?? NO;
  // The checker does not know what a test means that only its name declares one: `if (isBlank(id)) return`.
  return isGuarded(node, module) ? NO : holdsUndefined(node, typed.text, module);
}

/** Where the type only repeats what a cast claims, what was cast decides: `const id = request.query.id as string`. */
function throughCast(node: Node, module: SourceModule, values: Evaluator, types: TypeEvidence): Undefinable | undefined {
  let answer: Undefinable | undefined;
  if (node.type === "MemberExpression") {
    if (isCast(node.object)) answer = bySyntax(node, module, values, 0);
  } else if (node.type === "Identifier") {
    const declarator = module.lookUp(node.name, node)?.defs[0]?.node as Node | undefined;
    if (declarator?.type !== "VariableDeclarator" || !declarator.init || !isCast(declarator.init)) return undefined;
    answer = (declarator.id.type === "Identifier" ? byType(declarator.init, module, values, types) : undefined) ?? bySyntax(node, module, values, 0);
  }
  return answer?.answer === "yes" && !isGuarded(node, module) && !isReassigned(node, module) ? answer : undefined;
}

function isCast(node: Node): node is TSESTree.TSAsExpression | TSESTree.TSTypeAssertion {
  return node.type === "TSAsExpression" || node.type === "TSTypeAssertion";
}

function holdsUndefined(node: Node, type: string, module: SourceModule): Undefinable {
  return { answer: "yes", why: `\`${shorten(module.text.slice(...node.range))}\` has the type \`${shorten(type)}\`` };
}

function bySyntax(node: Node, module: SourceModule, values: Evaluator, depth: number): Undefinable {
  const inner = node.type === "ChainExpression" || node.type === "TSSatisfiesExpression" ? node.expression : node;
  if (depth > 12) return UNKNOWN;
  switch (inner.type) {
    case "Literal":
    case "TemplateLiteral":
    case "ArrayExpression":
    case "ObjectExpression":
    case "ArrowFunctionExpression":
    case "FunctionExpression":
    case "NewExpression":
    case "BinaryExpression":
    case "UpdateExpression":
    case "TaggedTemplateExpression":
      return NO;
    case "UnaryExpression":
      return inner.operator === "void" ? { answer: "yes", why: "the value is `undefined`" } : NO;
    case "TSNonNullExpression":
      // The developer vouches for it.
      return NO;
    case "TSAsExpression":
    case "TSTypeAssertion":
      return mentionsUndefined(inner.typeAnnotation, module, values, 0) ? { answer: "yes", why: `\`${shorten(module.text.slice(...inner.range))}\`` } : bySyntaxOfCast(inner, module, values, depth);
    case "AwaitExpression":
      return UNKNOWN;
    case "ConditionalExpression": {
      const parts = [bySyntax(inner.consequent, module, values, depth + 1), bySyntax(inner.alternate, module, values, depth + 1)];
      return parts.find((part) => part.answer === "yes") ?? (parts.every((part) => part.answer === "no") ? NO : UNKNOWN);
    }
    case "LogicalExpression": {
      if (inner.operator === "&&") return UNKNOWN;
      const right = bySyntax(inner.right, module, values, depth + 1);
      return right.answer === "unknown" ? UNKNOWN : right;
    }
    case "Identifier": {
      if (isUndefined(inner)) return { answer: "yes", why: "the value is `undefined`" };
      const answer = ofIdentifier(inner, module, values, depth);
      if (answer.answer !== "yes") return answer;
      if (isGuarded(inner, module)) return NO;
      // What a parameter is given in between is not what it came with.
      return isReassigned(inner, module) ? UNKNOWN : answer;
    }
    case "MemberExpression": {
      const answer = ofMember(inner, module, values, depth);
      return answer.answer === "yes" && isGuarded(inner, module) ? NO : answer;
    }
    case "CallExpression":
      return ofCall(inner, module);
    default:
      return UNKNOWN;
  }
}

/** A cast to a type without undefined changes no value: what was undefined stays so. */
function bySyntaxOfCast(node: TSESTree.TSAsExpression | TSESTree.TSTypeAssertion, module: SourceModule, values: Evaluator, depth: number): Undefinable {
  return bySyntax(node.expression, module, values, depth + 1);
}

function ofCall(node: TSESTree.CallExpression, module: SourceModule): Undefinable {
  const callee = unwrap(node.callee);
  if (node.optional || (callee.type === "MemberExpression" && hasOptionalLink(callee))) {
    return { answer: "yes", why: `\`${shorten(module.text.slice(...node.range))}\` is undefined when the chain breaks off at \`?.\`` };
  }
  if (callee.type === "Identifier" && ["Number", "String", "Boolean", "BigInt", "parseInt", "parseFloat"].includes(callee.name)) return NO;
  return UNKNOWN;
}

function ofIdentifier(node: TSESTree.Identifier, module: SourceModule, values: Evaluator, depth: number): Undefinable {
  const variable = module.lookUp(node.name, node);
  const definition = variable?.defs[0];
  if (!variable || !definition) return UNKNOWN;
  const owner = definition.node as Node;
  const name = definition.name as TSESTree.Identifier;
  if ((definition.type as string) === "Parameter" && isFunction(owner)) return ofParameter(owner, name, module, values);
  if (owner.type !== "VariableDeclarator") return UNKNOWN;
  const writes = variable.references.filter((reference) => reference.isWrite() && !reference.init);
  if (owner.id.type === "Identifier") {
    if (writes.length > 0) return UNKNOWN;
    const annotation = annotationOf(owner.id);
    if (annotation && mentionsUndefined(annotation, module, values, 0)) return { answer: "yes", why: `\`${node.name}\` is declared as possibly undefined` };
    return owner.init ? bySyntax(owner.init, module, values, depth + 1) : UNKNOWN;
  }
  if (owner.id.type !== "ObjectPattern" || !owner.init) return UNKNOWN;
  if (hasDefault(owner.id, name)) return NO;
  const path = pathTo(owner.id, name);
  if (!path) return UNKNOWN;
  const source = unwrap(owner.init);
  if (path.length === 1 && isRequestQuery(source)) return { answer: "yes", why: `\`${node.name}\` comes from the query string of the request, which may lack it` };
  return optionalAt(values.evaluate(source, module), path, node.name, values);
}

function ofParameter(fn: Node & { readonly params: readonly Node[] }, name: TSESTree.Identifier, module: SourceModule, values: Evaluator): Undefinable {
  for (const parameter of fn.params) {
    const pattern = parameter.type === "TSParameterProperty" ? parameter.parameter : parameter;
    if (!identifiersOf(pattern).some((item) => item.range[0] === name.range[0])) continue;
    if (pattern.type === "Identifier") {
      if (pattern.optional) return { answer: "yes", why: `the parameter \`${name.name}\` is optional` };
      const annotation = annotationOf(pattern);
      if (!annotation) return UNKNOWN;
      if (mentionsUndefined(annotation, module, values, 0)) return { answer: "yes", why: `the parameter \`${name.name}\` may be undefined by its type` };
      return isPlainType(annotation) ? NO : UNKNOWN;
    }
    if (hasDefault(pattern, name)) return NO;
    const path = pathTo(pattern, name);
    const annotation = annotationOf(pattern);
    if (path?.length === 1 && isPartial(annotation, module)) return { answer: "yes", why: `\`${name.name}\` is optional` };
    return path && annotation ? optionalAt(values.evaluateType(annotation, module), path, name.name, values) : UNKNOWN;
  }
  return UNKNOWN;
}

/** Is the property at the end of the path declared optional? */
function optionalAt(root: ReturnType<Evaluator["evaluate"]>, path: readonly string[], name: string, values: Evaluator): Undefinable {
  let value = root;
  for (const [index, key] of path.entries()) {
    const found = signatureOf(value, key, values);
    if (!found) return UNKNOWN;
    if (found.optional) return { answer: "yes", why: `\`${name}\` is optional` };
    if (index === path.length - 1) {
      if (!found.annotation) return UNKNOWN;
      if (mentionsUndefined(found.annotation, found.module, values, 0)) return { answer: "yes", why: `\`${name}\` may be undefined by its type` };
      return isPlainType(found.annotation) ? NO : UNKNOWN;
    }
    value = values.member(value, key);
  }
  return UNKNOWN;
}

interface Signature {
  readonly optional: boolean;
  readonly annotation: Node | undefined;
  readonly module: SourceModule;
}

function signatureOf(value: ReturnType<Evaluator["evaluate"]>, key: string, values: Evaluator): Signature | undefined {
  if (value.kind === "typed") return inType(value.node, value.module, key, values, 0);
  if (value.kind === "instance") {
    for (const element of value.node.body.body) {
      if (element.type === "PropertyDefinition" && !element.static && keyName(element) === key) {
        return { optional: element.optional, annotation: element.typeAnnotation?.typeAnnotation, module: value.module };
      }
    }
  }
  return undefined;
}

function inType(node: Node, module: SourceModule, key: string, values: Evaluator, depth: number): Signature | undefined {
  if (depth > 8) return undefined;
  if (node.type === "TSInterfaceDeclaration") {
    const own = signatureIn(node.body.body, module, key);
    if (own) return own;
    for (const base of values.basesOf(node, module)) {
      const found = base.kind === "typed" ? inType(base.node, base.module, key, values, depth + 1) : undefined;
      if (found) return found;
    }
    return undefined;
  }
  if (node.type === "TSTypeLiteral") return signatureIn(node.members, module, key);
  if (node.type === "TSIntersectionType") {
    for (const part of node.types) {
      const value = values.evaluateType(part, module);
      const found = value.kind === "typed" ? inType(value.node, value.module, key, values, depth + 1) : undefined;
      if (found) return found;
    }
  }
  return undefined;
}

function ofMember(node: TSESTree.MemberExpression, module: SourceModule, values: Evaluator, depth: number): Undefinable {
  const text = shorten(module.text.slice(...node.range));
  if (hasOptionalLink(node)) return { answer: "yes", why: `\`${text}\` is undefined when the chain breaks off at \`?.\`` };
  const name = memberName(node);
  if (name === undefined) return UNKNOWN;
  if (isRequestQuery(unwrap(node.object))) return { answer: "yes", why: `\`${text}\` comes from the query string of the request, which may lack it` };
  if (depth > 6) return UNKNOWN;
  if (isPartial(annotationOfVariable(unwrap(node.object), module), module)) return { answer: "yes", why: `\`${text}\` is optional` };
  return optionalAt(values.evaluate(node.object, module), [name], text, values);
}

function signatureIn(members: readonly TSESTree.TypeElement[], module: SourceModule, key: string): Signature | undefined {
  for (const member of members) {
    if (member.type === "TSPropertySignature" && keyName(member) === key) return { optional: member.optional, annotation: member.typeAnnotation?.typeAnnotation, module };
  }
  return undefined;
}

/** Is the type `Partial<…>`, by itself or by an alias of the file? */
function isPartial(node: Node | undefined, module: SourceModule, depth = 0): boolean {
  if (node?.type !== "TSTypeReference" || node.typeName.type !== "Identifier" || depth > 6) return false;
  const declared = module.lookUp(node.typeName.name, node)?.defs[0]?.node as Node | undefined;
  return declared?.type === "TSTypeAliasDeclaration" ? isPartial(declared.typeAnnotation, module, depth + 1) : /^(?:Deep)?Partial$/u.test(node.typeName.name);
}

/** The annotation of the parameter or variable that an identifier means. */
function annotationOfVariable(node: Node, module: SourceModule): Node | undefined {
  const definition = node.type === "Identifier" ? module.lookUp(node.name, node)?.defs[0] : undefined;
  return definition && annotationOf(definition.name as Node);
}

function hasOptionalLink(node: TSESTree.MemberExpression): boolean {
  let current: Node = node;
  for (;;) {
    if (current.type === "MemberExpression") {
      if (current.optional) return true;
      current = current.object;
    } else if (current.type === "CallExpression") {
      if (current.optional) return true;
      current = current.callee;
    } else if (current.type === "TSNonNullExpression") return false;
    else return false;
  }
}

/** `req.query`, `request.query`, `ctx.query`: Express, Koa, Fastify. `req.params` always has what the route names. */
function isRequestQuery(node: Node): boolean {
  if (node.type !== "MemberExpression" || !QUERY_OBJECTS.has(memberName(node) ?? "") || memberName(node) !== "query") return false;
  const owner = unwrap(node.object);
  if (owner.type === "Identifier") return REQUEST_NAMES.has(owner.name);
  return owner.type === "MemberExpression" && REQUEST_NAMES.has(memberName(owner) ?? "");
}

/** Is undefined a member of the type, as far as this project declares it? */
function mentionsUndefined(node: Node, module: SourceModule, values: Evaluator, depth: number): boolean {
  if (depth > 6) return false;
  if (node.type === "TSUndefinedKeyword" || node.type === "TSVoidKeyword") return true;
  if (node.type === "TSUnionType") return node.types.some((part) => mentionsUndefined(part, module, values, depth + 1));
  if (node.type === "TSTypeReference" && node.typeName.type === "Identifier") {
    const definition = module.lookUp(node.typeName.name, node)?.defs[0]?.node as Node | undefined;
    return definition?.type === "TSTypeAliasDeclaration" && mentionsUndefined(definition.typeAnnotation, module, values, depth + 1);
  }
  return false;
}

function isPlainType(node: Node): boolean {
  switch (node.type) {
    case "TSStringKeyword":
    case "TSNumberKeyword":
    case "TSBooleanKeyword":
    case "TSBigIntKeyword":
    case "TSLiteralType":
    case "TSArrayType":
    case "TSNullKeyword":
      return true;
    case "TSUnionType":
      return node.types.every(isPlainType);
    default:
      return false;
  }
}

function hasDefault(pattern: Node, name: TSESTree.Identifier): boolean {
  if (pattern.type === "AssignmentPattern") return pattern.left.type === "Identifier" ? pattern.left.range[0] === name.range[0] : hasDefault(pattern.left, name);
  if (pattern.type === "ObjectPattern") return pattern.properties.some((property) => property.type !== "RestElement" && hasDefault(property.value, name));
  return false;
}

function pathTo(pattern: Node, name: TSESTree.Identifier): readonly string[] | undefined {
  if (pattern.type === "AssignmentPattern") return pathTo(pattern.left, name);
  if (pattern.type === "Identifier") return pattern.range[0] === name.range[0] ? [] : undefined;
  if (pattern.type !== "ObjectPattern") return undefined;
  for (const property of pattern.properties) {
    if (property.type === "RestElement") continue;
    const rest = pathTo(property.value, name);
    const key = keyName(property);
    if (rest) return key === undefined ? undefined : [key, ...rest];
  }
  return undefined;
}

/**
 * Is the value proved to be there? By an enclosing test (`if (id) …`, `id ? … : …`, `id && …`), or by an earlier statement
 * of an enclosing block that leaves when it is not (`if (!id) return`), or by an assertion.
 */
export function isGuarded(node: Node, module: SourceModule): boolean {
  return isProved(node, subjectOf(node, module), module) || isGuardedThrough(node, module);
}

/** `const id = user?.id; … if (user) use(id)`: what the value was taken from is proved to be there. */
function isGuardedThrough(node: Node, module: SourceModule): boolean {
  const inner = unwrap(node);
  const declarator = inner.type === "Identifier" ? (module.lookUp(inner.name, inner)?.defs[0]?.node as Node | undefined) : undefined;
  if (declarator?.type !== "VariableDeclarator" || declarator.id.type !== "Identifier" || !declarator.init) return false;
  const { init } = declarator;
  const links = optionalLinksOf(unwrap(init));
  return links.length > 0 && links.every((link) => {
    const subject = subjectOf(link, module);
    return !changesBetween(init.range[1], node, subject) && isProved(node, subject, module);
  });
}

/** What must be there for a chain not to break off: `a` and `a.b` of `a?.b?.c`. */
function optionalLinksOf(node: Node): readonly Node[] {
  if (node.type === "CallExpression") return [...(node.optional ? [node.callee] : []), ...optionalLinksOf(node.callee)];
  return node.type === "MemberExpression" ? [...(node.optional ? [node.object] : []), ...optionalLinksOf(node.object)] : [];
}

function subjectOf(node: Node, module: SourceModule): Subject {
  return { text: normalise(module.text.slice(...node.range)), variable: rootVariable(node, module) };
}

/** The expression that tests are compared with. */
interface Subject {
  readonly text: string;
  /** The variable it begins with: another one of the same name is another value. */
  readonly variable: ReturnType<SourceModule["lookUp"]>;
}

function rootVariable(node: Node, module: SourceModule): Subject["variable"] {
  let root = unwrap(node);
  while (root.type === "MemberExpression" || root.type === "CallExpression") root = unwrap(root.type === "MemberExpression" ? root.object : root.callee);
  return root.type === "Identifier" ? module.lookUp(root.name, root) : undefined;
}

function isSame(node: Node, subject: Subject, module: SourceModule): boolean {
  return normalise(module.text.slice(...node.range)) === subject.text && rootVariable(node, module) === subject.variable;
}

/** May the variable have another value at the node than at an offset before it? */
function changesBetween(from: number, node: Node, { variable }: Subject): boolean {
  return (
    variable?.references.some((reference) => {
      const written = reference.identifier as Node;
      if (!reference.isWrite() || reference.init || written.range[0] < from) return false;
      return written.range[0] < node.range[0] || enclosingFunction(written) !== enclosingFunction(node);
    }) === true
  );
}

/** Is the variable given another value before the node, or by another function? */
function isReassigned(node: Node, module: SourceModule): boolean {
  return changesBetween(0, node, { text: "", variable: rootVariable(node, module) });
}

function isProved(node: Node, text: Subject, module: SourceModule): boolean {
  const holds = (test: Node, outcome: boolean): boolean => provesPresent(test, text, module, outcome) && !changesBetween(test.range[1], node, text);
  for (let child: Node = node, current = node.parent; current; child = current, current = current.parent) {
    switch (current.type) {
      case "IfStatement":
      case "ConditionalExpression":
        if (current.consequent === child && holds(current.test, true)) return true;
        if (current.alternate === child && holds(current.test, false)) return true;
        break;
      case "LogicalExpression":
        if (current.right === child && current.operator !== "??" && holds(current.left, current.operator === "&&")) return true;
        break;
      case "WhileStatement":
        if (current.body === child && holds(current.test, true)) return true;
        break;
      case "BlockStatement":
      case "Program":
        if (guardedBefore(current.body, child, node, text, module)) return true;
        break;
      case "SwitchCase":
        if (guardedBefore(current.consequent, child, node, text, module)) return true;
        break;
      default:
    }
  }
  return false;
}

function guardedBefore(statements: readonly Node[], until: Node, node: Node, text: Subject, module: SourceModule): boolean {
  for (const statement of statements) {
    if (statement.range[0] >= until.range[0]) return false;
    if (guards(statement, text, module) && !changesBetween(statement.range[1], node, text)) return true;
  }
  return false;
}

/** Is the value there once the statement is done? */
function guards(statement: Node, text: Subject, module: SourceModule): boolean {
  if (statement.type === "IfStatement") {
    if (statement.alternate || !provesPresent(statement.test, text, module, false)) return false;
    return leaves(statement.consequent) || assigns(statement.consequent, text, module);
  }
  if (statement.type !== "ExpressionStatement") return false;
  const expression = statement.expression.type === "AwaitExpression" ? statement.expression.argument : statement.expression;
  if (expression.type === "CallExpression" && isAssertion(expression)) {
    const first = expression.arguments[0];
    return first !== undefined && (isSame(first, text, module) || provesPresent(first, text, module, true));
  }
  return expression.type === "AssignmentExpression" && (expression.operator === "??=" || expression.operator === "||=") && isSame(expression.left, text, module);
}

/** `if (!id) id = …`: the last statement gives it a value. */
function assigns(node: Node, text: Subject, module: SourceModule): boolean {
  const last = node.type === "BlockStatement" ? node.body.at(-1) : node;
  if (last?.type !== "ExpressionStatement" || last.expression.type !== "AssignmentExpression") return false;
  const { left, right } = last.expression;
  return isSame(left, text, module) && !isUndefined(right) && !["Identifier", "MemberExpression", "ChainExpression"].includes(unwrap(right).type);
}

function isAssertion(call: TSESTree.CallExpression): boolean {
  const callee = unwrap(call.callee);
  const name = callee.type === "Identifier" ? callee.name : callee.type === "MemberExpression" ? memberName(callee) : undefined;
  return name !== undefined && /^(?:assert|invariant|ok|expect|ensure|require|validate|verify|check|guard)/iu.test(name);
}

function leaves(node: Node): boolean {
  switch (node.type) {
    case "ReturnStatement":
    case "ThrowStatement":
    case "ContinueStatement":
    case "BreakStatement":
      return true;
    case "BlockStatement": {
      const last = node.body.at(-1);
      return last !== undefined && leaves(last);
    }
    case "IfStatement":
      return node.alternate !== null && leaves(node.consequent) && leaves(node.alternate);
    case "ExpressionStatement":
      return node.expression.type === "CallExpression" && /^(?:notFound|redirect|fail|exit)$/u.test(calleeName(node.expression) ?? "");
    default:
      return false;
  }
}

/** Does the test, being true (or false), prove that the value is not undefined? */
function provesPresent(test: Node, text: Subject, module: SourceModule, outcome: boolean): boolean {
  const inner = unwrap(test);
  const same = (node: Node): boolean => isSame(node, text, module);
  switch (inner.type) {
    case "UnaryExpression":
      return inner.operator === "!" && provesPresent(inner.argument, text, module, !outcome);
    case "LogicalExpression":
      if (inner.operator === "&&") return outcome && (provesPresent(inner.left, text, module, true) || provesPresent(inner.right, text, module, true));
      if (inner.operator === "||") return !outcome && (provesPresent(inner.left, text, module, false) || provesPresent(inner.right, text, module, false));
      return false;
    case "BinaryExpression": {
      const [left, right] = [unwrap(inner.left), unwrap(inner.right)];
      const equal = inner.operator === "===" || inner.operator === "==";
      const unequal = inner.operator === "!==" || inner.operator === "!=";
      if (!equal && !unequal) return false;
      if (left.type === "UnaryExpression" && left.operator === "typeof" && same(left.argument)) {
        const isUndefinedText = right.type === "Literal" && right.value === "undefined";
        return isUndefinedText ? unequal === outcome : equal === outcome;
      }
      const other = same(left) ? right : same(right) ? left : undefined;
      if (!other) return false;
      const loose = inner.operator === "==" || inner.operator === "!=";
      const isNothing = isUndefined(other) || (loose && other.type === "Literal" && other.value === null);
      if (isNothing) return unequal ? outcome : !outcome;
      // Equal to something that is there.
      return equal === outcome && other.type === "Literal" && other.value !== null;
    }
    case "CallExpression":
      return outcome && inner.arguments.length === 1 && inner.arguments[0] !== undefined && same(inner.arguments[0]) && /^(?:is|has|Array\.isArray$|Boolean$)/u.test(module.text.slice(...inner.callee.range));
    default:
      return outcome && (same(inner) || (inner.type === "MemberExpression" && isPrefixOf(text, inner, module)));
  }
}

/** `if (user.id)` proves `user`; `if (input.a?.b)` proves `input.a`. */
function isPrefixOf(text: Subject, node: TSESTree.MemberExpression, module: SourceModule): boolean {
  for (let current: Node = node.object; ; ) {
    if (isSame(current, text, module)) return true;
    const inner = unwrap(current);
    if (inner.type !== "MemberExpression") return false;
    current = inner.object;
  }
}

function normalise(text: string): string {
  return text.replace(/\s+/gu, "").replaceAll("?.", ".").replaceAll("!.", ".").replace(/!$/u, "");
}

function shorten(text: string): string {
  const line = text.replace(/\s+/gu, " ");
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}


/** Is the expression an optional chain, which is undefined where a link is missing? */
export function breaksOff(node: Node): boolean {
  const inner = unwrap(node);
  return inner.type === "MemberExpression" && hasOptionalLink(inner);
}
