/** pg-promise: methods that say how many rows they expect, and values that it writes into the text itself. */
import type { Driver, Method, Parameter, Role } from "./driver.js";
import { pg } from "./pg.js";

const send: Method = { does: "sends", text: 0, values: { argument: 1 } };
/** Every row is read, and the call fails when there are more. */
const one: Method = { does: "sends", text: 0, values: { argument: 1 }, delivery: "one-unlimited" };
/** A function that is given a task, wherever it stands among the arguments. */
const task: Method = { does: "leads", callbacks: [{ parameter: 0, role: "connection" }] };

const connection: Role = {
  methods: {
    any: send,
    many: send,
    manyOrNone: send,
    none: send,
    query: send,
    result: send,
    map: send,
    each: send,
    multi: send,
    multiResult: send,
    one,
    oneOrNone: one,
    task,
    taskIf: task,
    tx: task,
    txIf: task,
    connect: { does: "leads", gives: "connection" },
  },
};

export const pgPromise: Driver = {
  id: "pg-promise",
  title: "pg-promise",
  packages: ["pg-promise"],
  dialect: "postgresql",
  client: "connection",
  values: { default: "library" },
  types: { IDatabase: "connection", ITask: "connection", IBaseProtocol: "connection", IConnected: "connection" },
  roles: { library: { called: "initialised" }, initialised: { called: "connection" }, connection },
  textKeys: ["text"],
  valueKeys: ["values"],
  parameters: parametersIn,
  // Written as null, which PostgreSQL takes for no limit.
  undefinedLimit: "dropped",
  shape: { role: "connection", methods: ["any", "many", "manyOrNone", "none", "one", "oneOrNone"] },
  bulk: {
    ...pg.bulk,
    read: "one `WHERE … IN ($1:csv)` with the array of keys",
    insert: "one `pgp.helpers.insert(rows, columns)`",
    delete: "one `DELETE … WHERE … IN ($1:csv)`",
  },
};

/** What a modifier makes of a value: `:csv` and `:list` a list, `:name` and `~` a name, `:raw` and `^` text. */
const KINDS: Readonly<Record<string, Parameter["kind"]>> = {
  ":csv": "list",
  ":list": "list",
  ":name": "identifier",
  ":alias": "identifier",
  "~": "identifier",
  ":raw": "text",
  "^": "text",
  ":value": "scalar",
  "#": "scalar",
};
const MODIFIER = String.raw`\s*(:(?:csv|list|name|alias|raw|value|json)|[~^#])?\s*`;
const NAME = String.raw`\s*([a-z_$][\w$.]*)`;
const PARAMETER = new RegExp(
  [
    String.raw`\$([1-9]\d*)(:(?:csv|list|name|alias|raw|value|json)\b|[~^#])?`,
    ...[[String.raw`\{`, String.raw`\}`], [String.raw`\(`, String.raw`\)`], ["<", ">"], [String.raw`\[`, String.raw`\]`], ["/", "/"]].map(([open = "", close = ""]) => String.raw`\$${open}${NAME}${MODIFIER}${close}`),
  ].join("|"),
  "giu",
);

/** The parameters of a text, in every form: `$1`, `$1:csv`, `${name}`, `$(name)`, `$<name>`, `$[name]`, `$/name/`. */
function parametersIn(text: string): readonly Parameter[] {
  return [...text.matchAll(PARAMETER)].flatMap((match): Parameter[] => {
    const [position, ...others] = match.slice(1);
    const named = others.findIndex((part, index) => index % 2 === 1 && part !== undefined);
    const key = position === undefined ? others[named] : Number(position);
    const modifier = (position === undefined ? others[named + 1] : others[0])?.toLowerCase() ?? "";
    // `$1` is the server's own way of writing it, and read as such.
    if (key === undefined || (position !== undefined && modifier === "")) return [];
    return [{ start: match.index, end: match.index + match[0].length, key, kind: KINDS[modifier] ?? "value" }];
  });
}
