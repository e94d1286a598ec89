/** What a driver throws → what the user can do about it. Driver errors quote addresses, so they are told in words of ours. */
import { CommandError } from "../terminal.js";
import { memberOf } from "./drivers.js";

/** Codes of Node, PostgreSQL (manual, appendix A) and MySQL (server error reference), by what they mean. */
const MEANINGS: readonly { readonly codes: RegExp; readonly text: string }[] = [
  { codes: /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ECONNRESET|EPIPE|PROTOCOL_CONNECTION_LOST)$/u, text: "the server cannot be reached. Check that it runs and that host and port are right, and that no firewall is between" },
  { codes: /^(?:ENOTFOUND|EAI_AGAIN)$/u, text: "the name of the server's host is not known. Check the host" },
  { codes: /^ENOENT$/u, text: "the socket of the server is not there. Check its path" },
  { codes: /^ETIMEDOUT$/u, text: "the server does not answer in time. Check host and port, or allow more with --timeout" },
  { codes: /^(?:28P01|28000|ER_ACCESS_DENIED_ERROR|ER_ACCESS_DENIED_NO_PASSWORD_ERROR|ER_DBACCESS_DENIED_ERROR|1698)$/u, text: "the server refuses the user. Check user name and password, that the user may connect to this database from here, and whether the server asks for TLS (--tls require)" },
  { codes: /^(?:3D000|ER_BAD_DB_ERROR)$/u, text: "the server has no database of that name. Check the name at the end of the address" },
  { codes: /^(?:42501|ER_TABLEACCESS_DENIED_ERROR|ER_COLUMNACCESS_DENIED_ERROR|ER_SPECIFIC_ACCESS_DENIED_ERROR)$/u, text: "the user may not read the catalogue. It needs the right to connect and, in MySQL and MariaDB, SELECT on the tables" },
  { codes: /^(?:57014|ER_QUERY_TIMEOUT|ER_STATEMENT_TIMEOUT|PROTOCOL_SEQUENCE_TIMEOUT)$/u, text: "a query took too long and was stopped. Allow more with --timeout" },
  { codes: /^(?:53300|ER_CON_COUNT_ERROR)$/u, text: "the server has no connection left. Try again later" },
  { codes: /^HANDSHAKE_NO_SSL_SUPPORT$/u, text: "the server has no TLS, which was asked for. Set it up there, or connect without: --tls disable" },
  { codes: /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE)$/u, text: "the certificate of the server is signed by nobody who is trusted here. Name the certificates of its authority with --ca" },
  { codes: /^CERT_HAS_EXPIRED$/u, text: "the certificate of the server has expired" },
  { codes: /^ERR_TLS_CERT_ALTNAME_INVALID$/u, text: "the certificate of the server is for another host. Connect by the name it is for, or do not ask for the name: --tls verify-ca" },
];

/** Errors that have no code, or one that hides the reason (mysql2 calls each failure of TLS the same), by their words. */
const WORDS: readonly { readonly words: RegExp; readonly code: string }[] = [
  { words: /server does not support (?:SSL|secure) connection/iu, code: "HANDSHAKE_NO_SSL_SUPPORT" },
  { words: /self-signed certificate|unable to verify the first certificate|unable to get (?:local )?issuer certificate/iu, code: "SELF_SIGNED_CERT_IN_CHAIN" },
  { words: /certificate has expired/iu, code: "CERT_HAS_EXPIRED" },
  { words: /does not match certificate's altnames/iu, code: "ERR_TLS_CERT_ALTNAME_INVALID" },
  { words: /timeout expired|connection terminated due to connection timeout|Query read timeout|connect ETIMEDOUT/iu, code: "ETIMEDOUT" },
  { words: /connection terminated unexpectedly/iu, code: "ECONNRESET" },
  { words: /client password must be a string|SASL/u, code: "28P01" },
];

/** The code by which a driver's error is known; undefined for one that has none. */
export function codeOf(error: unknown): string | undefined {
  const byWords = wordCodeOf(error);
  if (byWords !== undefined) return byWords;
  // Several addresses of one host were tried: the first failure stands for all.
  const inner: unknown = memberOf(error, "errors");
  const code: unknown = Array.isArray(inner) && inner.length > 0 ? memberOf(inner[0], "code") : memberOf(error, "code");
  return typeof code === "string" ? code : undefined;
}

function wordCodeOf(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : "";
  return WORDS.find(({ words }) => words.test(message))?.code;
}

/** The failure in words for the user. `secrets` are taken out of what a driver says itself. */
export function describeFailure(error: unknown, origin: string, secrets: readonly string[]): CommandError {
  if (error instanceof CommandError) return error;
  const code = codeOf(error);
  const known = MEANINGS.find(({ codes }) => code !== undefined && codes.test(code));
  if (known !== undefined) return new CommandError(`${origin} could not be used (${code ?? ""}): ${known.text}.`);
  const message = error instanceof Error ? error.message : "no reason given";
  return new CommandError(`${origin} could not be used${code === undefined ? "" : ` (${code})`}: ${withoutSecrets(message, secrets).replace(/\s+/gu, " ").replace(/\.$/u, "")}.`);
}

/** The text with every secret, and everything that looks like an address with a password, blanked out. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const blanked = secrets.reduce((left, secret) => left.replaceAll(secret, "…").replaceAll(encodeURIComponent(secret), "…"), text);
  return blanked.replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'`]*/giu, "…");
}
