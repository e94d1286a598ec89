/** Entry of the package: the plugin, for `import` and for `require`. */
import { plugin } from "./plugin.js";

export default plugin;
export { plugin as "module.exports" };
