/** A derived answer: proved yes, proved no, or not known. Rules report on definite answers only. */
export type Tri = "yes" | "no" | "unknown";

/** The answer of a condition that is certain. */
export function tri(value: boolean): Tri {
  return value ? "yes" : "no";
}

/** Kleene conjunction. The conjunction of nothing is yes. */
export function triAnd(answers: Iterable<Tri>): Tri {
  let result: Tri = "yes";
  for (const answer of answers) {
    if (answer === "no") return "no";
    if (answer === "unknown") result = "unknown";
  }
  return result;
}

/** Kleene disjunction. The disjunction of nothing is no. */
export function triOr(answers: Iterable<Tri>): Tri {
  let result: Tri = "no";
  for (const answer of answers) {
    if (answer === "yes") return "yes";
    if (answer === "unknown") result = "unknown";
  }
  return result;
}
