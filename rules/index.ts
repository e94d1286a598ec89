/** All rules, in the order in which documentation lists them. */
import type { AnyRule } from "../src/rule.js";
import noNPlusOne from "./no-n-plus-one.js";
import noNonSargableFilter from "./no-non-sargable-filter.js";
import noUnboundedSelect from "./no-unbounded-select.js";
import noUndefinedFilter from "./no-undefined-filter.js";
import noUnindexedFilter from "./no-unindexed-filter.js";
import noUnindexedOrder from "./no-unindexed-order.js";
import requireForeignKeyIndex from "./require-foreign-key-index.js";
import requireWhere from "./require-where.js";

export const rules: readonly AnyRule[] = [noUnboundedSelect, requireWhere, noUndefinedFilter, noNPlusOne, noUnindexedFilter, noNonSargableFilter, noUnindexedOrder, requireForeignKeyIndex];
