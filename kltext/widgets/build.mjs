/**
 * Bundle every widget, that is every folder here with an index.js, for its two hosts:
 *   static/<name>.js        ES module, standalone: what anywidget loads in a live notebook
 *   static/site/shared.js   classic script with all shared modules and the mount code, once per page
 *   static/site/<name>.js   classic script of one widget, which finds the shared modules in shared.js
 *   static/widgets.css      the tokens, the shared style and each widget's own
 * The site needs classic scripts because browsers refuse to load modules from file://.
 */
import { build } from "esbuild";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "static");
const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
const widgets = folders.filter((name) => existsSync(join(here, name, "index.js")));
const shared = readdirSync(join(here, "shared")).filter((file) => file.endsWith(".js")).map((file) => basename(file, ".js")).sort();
const styles = ["shared/tokens.css", "shared/widget.css", ...widgets.map((name) => `${name}/style.css`)]
  .filter((file) => existsSync(join(here, file)));

const options = { bundle: true, minify: true, target: "es2021", legalComments: "none", logLevel: "warning", charset: "utf8" };
const virtual = (contents) => ({ contents, resolveDir: here, loader: "js" });

/** A widget's site script finds the modules of ../shared in what shared.js has left on the page. */
const sharedFromPage = {
  name: "shared-from-page",
  setup(build) {
    build.onResolve({ filter: /\/shared\/[^/]+\.js$/ }, ({ path }) => ({ path: `page:${basename(path, ".js")}`, external: true }));
  },
};

/** That script, made classic: each import of a shared module becomes a look-up. */
async function siteScript(name) {
  const { outputFiles: [{ text }] } = await build({
    ...options,
    stdin: virtual(`import widget from "./${name}/index.js"; globalThis.kltext.register("${name}", widget);`),
    format: "esm",
    plugins: [sharedFromPage],
    write: false,
  });
  const script = text.replace(/import\{([^}]*)\}from"page:(\w+)";/g, (_, names, module) => `const{${names.replaceAll(" as ", ":")}}=sharedModules.${module};`);
  if (/\b(import|export)\b[^.:"]*"page:/.test(script)) throw new Error(`${name}: an import of a shared module that is not by name`);
  mkdirSync(join(out, "site"), { recursive: true });
  writeFileSync(join(out, "site", `${name}.js`), `(sharedModules=>{${script.trim()}})(globalThis.kltext.shared);\n`);
}

const page = [
  ...shared.map((name) => `import * as ${name} from "./shared/${name}.js";`),
  `globalThis.kltext = { shared: { ${shared.join(", ")} }, register: mount.register, deliver: mount.deliver };`,
  "mount.start();",
].join("\n");

await Promise.all([
  build({ ...options, stdin: virtual(page), format: "iife", outfile: join(out, "site", "shared.js") }),
  build({ ...options, stdin: { ...virtual(styles.map((file) => `@import "./${file}";`).join("\n")), loader: "css" }, outfile: join(out, "widgets.css") }),
  ...widgets.flatMap((name) => [
    build({ ...options, entryPoints: [join(here, name, "index.js")], format: "esm", outfile: join(out, `${name}.js`) }),
    siteScript(name),
  ]),
]);

// Bundles of widgets that are no more.
for (const folder of [out, join(out, "site")]) {
  for (const file of readdirSync(folder).filter((file) => file.endsWith(".js"))) {
    if (![...widgets, "shared"].includes(basename(file, ".js"))) rmSync(join(folder, file));
  }
}
