/** Aggregate functions in SQL text that ORMs take as an item of a projection. */

/** Does the text begin with an aggregate function? Windows aggregate nothing away. */
export function isAggregateText(text: string): boolean {
  return AGGREGATE.test(text) && !/\bover\s*\(/iu.test(text) && !/^\s*\(?\s*select\b/iu.test(text);
}

const AGGREGATE = /(?<![\w.])(?:count|sum|avg|min|max|total|array_agg|json_agg|jsonb_agg|json_object_agg|jsonb_object_agg|json_group_array|json_group_object|json_arrayagg|json_objectagg|string_agg|group_concat|bool_and|bool_or|every|bit_and|bit_or|stddev\w*|variance|var_pop|var_samp|percentile_cont|percentile_disc|mode|corr)\s*\(/iu;
