/** All rules, in the order in which documentation lists them. */
import type { AnyRule } from "../src/rule.js";

export const rules: readonly AnyRule[] = [];
