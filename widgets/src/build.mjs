// Bundles each module into one file that asks nothing of the network. The output is committed; a test builds again and compares.
//
//     node build.mjs [FOLDER]        FOLDER defaults to ../akika_widgets/static
import { build } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] ?? path.join(here, "..", "akika_widgets", "static"));

// A library in the canvas looks for the global object by compiling text, where nothing else is found. Browsers have globalThis.
const COMPILED = /Function\((["'])return this\1\)\(\)/g;
// Remarks of its authors stand in texts that minifying leaves alone.
const REMARKS = /\/\/ TO[D]O[^\n\\]*/g;
const withoutCompiling = {
  name: "without-compiling",
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]cytoscape[\\/]dist[\\/].*\.m?js$/ }, async ({ path: file }) => {
      const contents = await readFile(file, "utf8");
      if (!COMPILED.test(contents)) throw new Error("the canvas has changed: see whether COMPILED is still needed");
      return { contents: contents.replaceAll(COMPILED, "globalThis").replaceAll(REMARKS, ""), loader: "js" };
    });
  },
};

await build({
  absWorkingDir: here,
  entryPoints: ["sheet.js", "graph.js"],
  outdir: out,
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "linked",
  logLevel: "warning",
  plugins: [withoutCompiling],
});

// The licences of what is bundled, whole: the linked file holds only the notices inside the sources.
const licences = [];
for (const name of ["cytoscape", "morphdom"]) {
  const folder = path.join(here, "node_modules", name);
  const { version } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const text = await readFile(path.join(folder, "LICENSE"), "utf8");
  licences.push(`${name} ${version}\n\n${text.trim().replaceAll("\r\n", "\n")}\n`);
}
await writeFile(path.join(out, "LICENSES.txt"), licences.join("\n----\n\n"));
