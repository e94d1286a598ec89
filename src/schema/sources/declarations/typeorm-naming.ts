/**
 * How TypeORM names tables and columns: its own strategy, the snake_case one of typeorm-naming-strategies, and those a
 * project writes, as far as their methods are expressions over these. After typeorm 0.3, DefaultNamingStrategy.
 */
import { isClass, isFunction, keyName, literalString, memberName, unwrap, type Node } from "../../../syntax/ast.js";
import { baseOf } from "./decorators.js";
import type { CodeModule } from "./modules.js";
import { returned, type ClassValue, type Value, type Values } from "./values.js";

/** Each gives undefined where the project's own strategy was not understood. */
export interface Naming {
  table(className: string, given: string | undefined): string | undefined;
  column(property: string, given: string | undefined, prefixes: readonly string[]): string | undefined;
  joinColumn(relation: string, referenced: string): string | undefined;
  joinTable(first: string, second: string, firstProperty: string, secondProperty: string): string | undefined;
  joinTableColumn(table: string, property: string, column: string | undefined): string | undefined;
}

/** typeorm/util/StringUtils */
export function typeormSnakeCase(text: string): string {
  return text
    .replace(/([A-Z])([A-Z])([a-z])/gu, "$1_$2$3")
    .replace(/([a-z0-9])([A-Z])/gu, "$1_$2")
    .toLowerCase();
}

function typeormCamelCase(text: string): string {
  return text.replace(/^([A-Z])|[\s\-_](\w)/gu, (_match, first: string | undefined, second: string | undefined) => (second === undefined ? (first ?? "").toLowerCase() : second.toUpperCase()));
}

function typeormTitleCase(text: string): string {
  return text.replace(/\w\S*/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
}

export const DEFAULT_NAMING: Naming = {
  table: (className, given) => given ?? typeormSnakeCase(className),
  column: (property, given, prefixes) => {
    const name = given ?? property;
    return prefixes.length > 0 ? typeormCamelCase(prefixes.join("_")) + typeormTitleCase(name) : name;
  },
  joinColumn: (relation, referenced) => typeormCamelCase(`${relation}_${referenced}`),
  joinTable: (first, second, firstProperty) => typeormSnakeCase(`${first}_${firstProperty.replace(/\./gu, "_")}_${second}`),
  joinTableColumn: (table, property, column) => typeormCamelCase(`${table}_${column ?? property}`),
};

/** typeorm-naming-strategies 4, SnakeNamingStrategy */
export const SNAKE_NAMING: Naming = {
  table: (className, given) => given ?? typeormSnakeCase(className),
  column: (property, given, prefixes) => typeormSnakeCase([...prefixes, ""].join("_")) + (given ?? typeormSnakeCase(property)),
  joinColumn: (relation, referenced) => typeormSnakeCase(`${relation}_${referenced}`),
  joinTable: (first, second, firstProperty) => typeormSnakeCase(`${first}_${firstProperty.replace(/\./gu, "_")}_${second}`),
  joinTableColumn: (table, property, column) => typeormSnakeCase(`${table}_${column ?? property}`),
};

/** A strategy of which nothing is known. */
export const UNKNOWN_NAMING: Naming = {
  table: (_className, given) => given,
  column: (_property, given, prefixes) => (prefixes.length === 0 ? given : undefined),
  joinColumn: () => undefined,
  joinTable: () => undefined,
  joinTableColumn: () => undefined,
};

/** The strategy that an expression makes: `new SnakeNamingStrategy()`. */
export function namingOf(value: Value, values: Values): Naming {
  const made = value.kind === "call" && value.node.type === "NewExpression" ? value.callee : value;
  return strategyOf(made, values, 0);
}

function strategyOf(value: Value, values: Values, depth: number): Naming {
  if (value.kind === "library") {
    const name = value.path.at(-1);
    if (value.specifier === "typeorm-naming-strategies" && name === "SnakeNamingStrategy") return SNAKE_NAMING;
    return name === "DefaultNamingStrategy" && /(?:^|\/)typeorm(?:\/|$)/u.test(value.specifier) ? DEFAULT_NAMING : UNKNOWN_NAMING;
  }
  if (value.kind !== "class" || depth > 4) return UNKNOWN_NAMING;
  const parent = baseOf(value, values);
  const base = parent === undefined ? UNKNOWN_NAMING : strategyOf(parent.value, values, depth + 1);
  return new ProjectNaming(value, base, values);
}

/** A strategy of the project: what its class overrides is evaluated, the rest is its base's. */
class ProjectNaming implements Naming {
  readonly #of: ClassValue;
  readonly #base: Naming;
  readonly #values: Values;

  constructor(of: ClassValue, base: Naming, values: Values) {
    this.#of = of;
    this.#base = base;
    this.#values = values;
  }

  table(className: string, given: string | undefined): string | undefined {
    return this.#run("tableName", [className, given]) ?? (this.#has("tableName") ? undefined : this.#base.table(className, given));
  }

  column(property: string, given: string | undefined, prefixes: readonly string[]): string | undefined {
    return this.#run("columnName", [property, given, prefixes]) ?? (this.#has("columnName") ? undefined : this.#base.column(property, given, prefixes));
  }

  joinColumn(relation: string, referenced: string): string | undefined {
    return this.#run("joinColumnName", [relation, referenced]) ?? (this.#has("joinColumnName") ? undefined : this.#base.joinColumn(relation, referenced));
  }

  joinTable(first: string, second: string, firstProperty: string, secondProperty: string): string | undefined {
    return this.#run("joinTableName", [first, second, firstProperty, secondProperty]) ?? (this.#has("joinTableName") ? undefined : this.#base.joinTable(first, second, firstProperty, secondProperty));
  }

  joinTableColumn(table: string, property: string, column: string | undefined): string | undefined {
    return this.#run("joinTableColumnName", [table, property, column]) ?? (this.#has("joinTableColumnName") ? undefined : this.#base.joinTableColumn(table, property, column));
  }

  #has(name: string): boolean {
    return this.#method(name) !== undefined;
  }

  #method(name: string): Node | undefined {
    const found = this.#of.node.body.body.find((member) => (member.type === "MethodDefinition" || member.type === "PropertyDefinition") && keyName(member) === name);
    return found?.type === "MethodDefinition" || found?.type === "PropertyDefinition" ? (found.value ?? undefined) : undefined;
  }

  #run(name: string, args: readonly Computed[]): string | undefined {
    const method = this.#method(name);
    if (!isFunction(method)) return undefined;
    const names = new Map<string, Computed>();
    for (const [at, parameter] of method.params.entries()) if (parameter.type === "Identifier") names.set(parameter.name, args[at]);
    const result = this.#block(method, names);
    return typeof result === "string" && result !== "" ? result : undefined;
  }

  /** Constants and one `return`, with tests that return earlier. */
  #block(fn: Node, names: Map<string, Computed>): Computed | typeof FAILED {
    if (!isFunction(fn) || fn.body === null) return FAILED;
    if (fn.body.type !== "BlockStatement") return compute(fn.body, this.#scope(names));
    for (const statement of fn.body.body) {
      switch (statement.type) {
        case "VariableDeclaration":
          for (const { id, init } of statement.declarations) {
            if (id.type !== "Identifier" || init === null) return FAILED;
            const value = compute(init, this.#scope(names));
            if (value === FAILED) return FAILED;
            names.set(id.name, value);
          }
          break;
        case "IfStatement": {
          const test = compute(statement.test, this.#scope(names));
          if (test === FAILED) return FAILED;
          const taken = isTruthy(test) ? statement.consequent : statement.alternate;
          const inner = taken?.type === "BlockStatement" ? taken.body[0] : taken;
          if (inner?.type === "ReturnStatement" && inner.argument) return compute(inner.argument, this.#scope(names));
          if (inner) return FAILED;
          break;
        }
        case "ReturnStatement":
          return statement.argument === null ? FAILED : compute(statement.argument, this.#scope(names));
        default:
          return FAILED;
      }
    }
    return FAILED;
  }

  #scope(names: ReadonlyMap<string, Computed>): Scope {
    return { names, module: this.#of.module, values: this.#values, depth: 0, base: this.#base, call: (name, args) => this.#own(name, args) };
  }

  /** `this.tableName(…)`, `super.tableName(…)` */
  #own(name: string, args: readonly Computed[]): Computed | typeof FAILED {
    const [first, second, third] = args;
    const text = (value: Computed): string => (typeof value === "string" ? value : "");
    const optional = (value: Computed): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
    switch (name) {
      case "tableName":
        return this.#base.table(text(first), optional(second)) ?? FAILED;
      case "columnName":
        return this.#base.column(text(first), optional(second), Array.isArray(third) ? (third as readonly string[]) : []) ?? FAILED;
      case "joinColumnName":
        return this.#base.joinColumn(text(first), text(second)) ?? FAILED;
      case "joinTableColumnName":
        return this.#base.joinTableColumn(text(first), text(second), optional(third)) ?? FAILED;
      default:
        return FAILED;
    }
  }
}

type Computed = string | boolean | undefined | readonly string[];
const FAILED = Symbol("not understood");

interface Scope {
  readonly names: ReadonlyMap<string, Computed>;
  readonly module: CodeModule;
  readonly values: Values;
  readonly depth: number;
  readonly base: Naming;
  readonly call: (name: string, args: readonly Computed[]) => Computed | typeof FAILED;
}

function isTruthy(value: Computed): boolean {
  return Array.isArray(value) || Boolean(value);
}

/** The functions on text that strategies use, by the package that exports them. */
const FUNCTIONS: readonly { readonly from: RegExp; readonly name: string; readonly apply: (text: string) => string }[] = [
  { from: /(?:^|\/)typeorm(?:\/|$)/u, name: "snakeCase", apply: typeormSnakeCase },
  { from: /(?:^|\/)typeorm(?:\/|$)/u, name: "camelCase", apply: typeormCamelCase },
  { from: /(?:^|\/)typeorm(?:\/|$)/u, name: "titleCase", apply: typeormTitleCase },
];

function compute(node: Node, scope: Scope): Computed | typeof FAILED {
  const inner = unwrap(node);
  if (scope.depth > 20) return FAILED;
  const next = (child: Node): Computed | typeof FAILED => compute(child, { ...scope, depth: scope.depth + 1 });
  const literal = literalString(inner);
  if (literal !== undefined) return literal;
  switch (inner.type) {
    case "Identifier":
      if (scope.names.has(inner.name)) return scope.names.get(inner.name);
      return inner.name === "undefined" ? undefined : FAILED;
    case "ArrayExpression": {
      const items = inner.elements.map((element) => (element === null || element.type === "SpreadElement" ? FAILED : next(element)));
      return items.every((item) => typeof item === "string") ? items : FAILED;
    }
    case "TemplateLiteral": {
      let text = "";
      for (const [at, quasi] of inner.quasis.entries()) {
        const hole = inner.expressions[at];
        const value = hole === undefined ? "" : next(hole);
        if (typeof value !== "string") return FAILED;
        text += (quasi.value.cooked ?? "") + value;
      }
      return text;
    }
    case "BinaryExpression": {
      const left = next(inner.left);
      const right = next(inner.right);
      return inner.operator === "+" && typeof left === "string" && typeof right === "string" ? left + right : FAILED;
    }
    case "ConditionalExpression": {
      const test = next(inner.test);
      return test === FAILED ? FAILED : next(isTruthy(test) ? inner.consequent : inner.alternate);
    }
    case "LogicalExpression": {
      const left = next(inner.left);
      if (left === FAILED) return FAILED;
      const takesRight = inner.operator === "&&" ? isTruthy(left) : inner.operator === "||" ? !isTruthy(left) : left === undefined;
      return takesRight ? next(inner.right) : left;
    }
    case "UnaryExpression": {
      const operand = next(inner.argument);
      return inner.operator === "!" && operand !== FAILED ? !isTruthy(operand) : FAILED;
    }
    case "MemberExpression": {
      const object = next(inner.object);
      // `embeddedPrefixes.length`
      if (memberName(inner) === "length" && (typeof object === "string" || Array.isArray(object))) return object.length > 0;
      return FAILED;
    }
    case "CallExpression": {
      const args = inner.arguments.map((argument) => next(argument));
      const callee = unwrap(inner.callee);
      if (callee.type === "MemberExpression") {
        const method = memberName(callee) ?? "";
        const receiver = unwrap(callee.object);
        if (receiver.type === "Super" || receiver.type === "ThisExpression") return args.some((argument) => argument === FAILED) ? FAILED : scope.call(method, args.filter((argument) => argument !== FAILED));
        const object = next(callee.object);
        if (object !== FAILED) return onText(object, method, inner.arguments, args);
      }
      return byFunction(inner.callee, args, scope);
    }
    default:
      return FAILED;
  }
}

function onText(object: Computed, method: string, nodes: readonly Node[], args: readonly (Computed | typeof FAILED)[]): Computed | typeof FAILED {
  const [first, second] = args;
  if (Array.isArray(object)) {
    if (method === "join") return object.join(typeof first === "string" ? first : ",");
    if (method === "concat") return typeof first === "string" ? [...(object as readonly string[]), first] : Array.isArray(first) ? [...(object as readonly string[]), ...(first as readonly string[])] : FAILED;
    return FAILED;
  }
  if (typeof object !== "string") return FAILED;
  switch (method) {
    case "toLowerCase":
      return object.toLowerCase();
    case "toUpperCase":
      return object.toUpperCase();
    case "trim":
      return object.trim();
    case "toString":
      return object;
    case "concat":
      return args.every((argument) => typeof argument === "string") ? object.concat(...args.filter((argument) => typeof argument === "string")) : FAILED;
    case "replace":
    case "replaceAll": {
      const [pattern] = nodes;
      if (typeof second !== "string") return FAILED;
      if (typeof first === "string") return method === "replaceAll" ? object.replaceAll(first, second) : object.replace(first, second);
      // Only short patterns of single characters: others may take for ever.
      const regex = pattern !== undefined && pattern.type === "Literal" && "regex" in pattern ? pattern.regex : undefined;
      return regex !== undefined && /^(?:\\?[^\\()|*+?{}[\]]|\[[^\]]{1,12}\]|\((?:\[[^\]]{1,12}\])\)){1,4}$/u.test(regex.pattern) ? object.replace(new RegExp(regex.pattern, regex.flags), second) : FAILED;
    }
    default:
      return FAILED;
  }
}

/** A function of TypeORM's string helpers, or one of the project over these. */
function byFunction(callee: Node, args: readonly (Computed | typeof FAILED)[], scope: Scope): Computed | typeof FAILED {
  const target = scope.values.of(callee, scope.module);
  const [first] = args;
  if (target.kind === "library") {
    const name = target.path.at(-1);
    const known = FUNCTIONS.find((candidate) => candidate.name === name && candidate.from.test(target.specifier));
    return known !== undefined && typeof first === "string" ? known.apply(first) : FAILED;
  }
  if (target.kind !== "function" || isClass(target.node)) return FAILED;
  const result = returned(target.node);
  if (result === undefined) return FAILED;
  const names = new Map<string, Computed>();
  for (const [at, parameter] of target.node.params.entries()) {
    const argument = args[at];
    if (parameter.type === "Identifier" && argument !== FAILED) names.set(parameter.name, argument);
  }
  return compute(result, { ...scope, names, module: target.module, depth: scope.depth + 1 });
}
