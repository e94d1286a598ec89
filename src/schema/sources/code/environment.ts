/** The variables that a piece of code sees. */
import type { CodeValue } from "./values.js";

interface Variable {
  value: CodeValue | undefined;
  /** Finds the value on first need: an imported module is read only when something of it is used. */
  readonly find?: () => CodeValue;
  /** How many undecided branches the declaration stands in. */
  readonly branch: number;
}

export class Environment {
  readonly #variables = new Map<string, Variable>();
  readonly #outer: Environment | undefined;

  constructor(outer?: Environment) {
    this.#outer = outer;
  }

  declare(name: string, value: CodeValue, branch = 0): void {
    this.#variables.set(name, { value, branch });
  }

  declareLater(name: string, find: () => CodeValue): void {
    this.#variables.set(name, { value: undefined, find, branch: 0 });
  }

  get(name: string): CodeValue | undefined {
    const variable = this.#find(name);
    if (variable === undefined) return undefined;
    variable.value ??= variable.find?.();
    return variable.value;
  }

  /** False when there is no such variable. `otherwise` is what it holds when the assignment may not have happened. */
  assign(name: string, value: CodeValue, branch: number, otherwise: CodeValue): boolean {
    const variable = this.#find(name);
    if (variable === undefined) return false;
    variable.value = branch > variable.branch ? otherwise : value;
    return true;
  }

  #find(name: string): Variable | undefined {
    const own = this.#variables.get(name);
    return own !== undefined || this.#outer === undefined ? own : this.#outer.#find(name);
  }
}
